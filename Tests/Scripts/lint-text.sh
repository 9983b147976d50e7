#!/usr/bin/env bash
# Refuses what compares, hashes, sorts, searches or splits text as Swift's String does: canonically, in time that grows
# with the square of what a sender chooses. Text from outside is an UntrustedText (Sources/ShrinkrBase/Text), or bytes.
#
# A line that has such a call for a good reason says so: with `// text: REASON` on it or on the line before.
#
# usage: lint-text.sh [FILE...]      (all of Sources, but for the folders below, if no file is named)
set -euo pipefail

cd "$(dirname "$0")/../.."

# Folders where no text of a stranger's comes.
allowed=(
    Sources/AWS             # answers of AWS, of an endpoint that the operator names
    Sources/ClickJournal    # files and names of files (at most 255 bytes) that the journal itself has written
    Sources/PostgreSQLClient # a URL that the operator gives, and codes of the operator's server; values are only decoded
    Sources/ShrinkrDeploy   # a command for people: files of their repository, answers of AWS
    Sources/ShrinkrLaunch   # settings, which SettingsReader has checked to be ASCII, and the operator's paths
    Sources/APILaunch       # the same
    Sources/WorkerLaunch    # the same
    Sources/ShrinkrStorePostgreSQL/Migrations     # the package's own SQL files, and the names of their steps
    Sources/ShrinkrStorePostgreSQL/SQLText        # the same
    Sources/ShrinkrProcess  # arguments and environment of our own process
    Sources/shrinkr                               # the programs
    Sources/ShrinkrObservability/Metrics          # names and labels are in the code; files of the system
)

files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
    mapfile -t files < <(find Sources -name '*.swift' | LC_ALL=C sort)
fi

kept=()
for file in "${files[@]}"; do
    for prefix in "${allowed[@]}"; do
        if [[ $file == "$prefix"* ]]; then continue 2; fi
    done
    kept+=("$file")
done

LC_ALL=C awk '
function rule(pattern, advice) {
    rules[++count] = pattern
    advices[count] = advice
}
BEGIN {
    bytes = "use UntrustedText or bytes"
    rule("\\.(hasPrefix|hasSuffix)[()]", bytes)
    rule("\\.(lowercased|uppercased|capitalized)\\(\\)", "use lowercasedASCII")
    rule("\\.(localized|caseInsensitive)[A-Z]", bytes)
    rule("\\.(split|components)\\(separat(or|edBy): *\"", "split bytes, with a bound")
    rule("\\.(split|drop|prefix|filter|first|contains|allSatisfy)( *\\{|\\(where: *\\{).*\\$0 *[=!]= *\"", bytes)
    rule("(firstIndex|lastIndex|firstRange|ranges?)\\(of: *\"", bytes)
    rule("\\.(contains|replacing|trimmingPrefix)\\(\"|\\.starts\\(with: \"[^\"]*\"\\)", bytes)
    rule("range\\(of:|replacingOccurrences|trimmingCharacters|removingPercentEncoding|queryParameters", bytes)
    rule("\\[(String|Substring|Character)\\??: *[^]]", "use UntrustedText for the key")
    rule("(Set|Dictionary)<(String|Substring|Character)", "use UntrustedText for the element")
    rule("Set\\([a-z.]*(names|texts|strings|tags|keys|values)\\)", "use UntrustedText for the element")
    rule("[=!]= *#*\"", "use equals")
    rule("\"#* *[=!]= ", "use equals")
    rule("case \\.?[a-z]*\\(?#*\"", "use equals, or bytes")
    rule("\\.sort(ed)?\\(\\)", "use sorted(by: UntrustedText.precedes)")
    rule("(headers|headerFields|[fF]ields)\\[(values: )?\\.[A-Za-z]+\\]([^ ]| [^=]| =[^ ]|$)", "read fields with text(_:)")
    rule("Character\\(|\\.(isWhitespace|isLetter|isNumber|isNewline|isHexDigit)", bytes)
    rule("\\(rawValue: *[a-z.]*[tT]ext|\\(rawValue: *String", "compare the values of the enumeration with equals")
    rule("JSONDecoder\\(\\)|JSONSerialization", "read with JSONParser, which does not hash names")
}
FNR == 1 { isExcused = 0 }
{
    wasExcused = isExcused
    isExcused = /\/\/\/? ?.*text: [^ ]/
    code = $0
    sub(/^ *\/\/.*/, "", code)
    sub(/ \/\/ .*/, "", code)
    # Within a comment of several lines the excuse stays.
    if (code ~ /^ *$/ && wasExcused) isExcused = 1
    if (wasExcused || isExcused) next
    for (i = 1; i <= count; i++) {
        if (code ~ rules[i]) {
            print FILENAME ":" FNR ": " advices[i] ", or say why not (// text: ...):" $0
            found = 1
            break
        }
    }
}
END { exit found }
' "${kept[@]}"
