import FoundationEssentials
import HTTPTypes

@testable import ShrinkrAPI
@testable import ShrinkrBase
@testable import ShrinkrCore
@testable import ShrinkrDestinations

/// JSON, and the merge patches that change links. Input: the body of a request.
enum PatchTarget {
    private static let destinations = Destinations(policy: DestinationPolicy(baseURLs: []))
    /// Before all times, so that none is past.
    private static let start = Timestamp(milliseconds: .min)
    private static let reader = LinkSettingsReader(destinations: destinations, now: start)

    static func run(_ input: [UInt8]) {
        guard let value = try? JSONParser.parse(input) else { return }
        checkJSON(value, input)
        guard case .object(let members) = value else { return }
        for settings in [plain, full] { checkPatch(members, of: settings) }
        checkCreation(members)
    }

    /// A link with nothing set, and one with everything set.
    private static let plain = LinkSettings(url: "https://example.com/")
    private static let full = LinkSettings(
        url: "https://example.com/a?b#c", title: "Title", tags: ["one", "two"], redirectStatus: .permanentRedirect,
        forwardQuery: true, enabled: false, startsAt: Timestamp(seconds: 1_800_000_000),
        expiresAt: Timestamp(seconds: 1_900_000_000), maximumVisits: 7)

    // MARK: JSON

    /// What is read, written and read again is the same; and Foundation takes all that we take.
    private static func checkJSON(_ value: JSONValue, _ input: [UInt8]) {
        let written = value.bytes
        let again = require(try? JSONParser.parse(written), "what is written can be read")
        check(again.bytes == written, "a value is always written in the same way")
        check(again == value || hasInfinity(value), "a value is written and read as itself")
        check((try? JSONDecoder().decode(AnyValue.self, from: Data(input))) != nil, "others take it for JSON as well")
    }

    /// JSON cannot write what a number with a large exponent is read as.
    private static func hasInfinity(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let number): !number.isFinite
        case .array(let elements): elements.contains(where: hasInfinity)
        case .object(let members): members.contains { hasInfinity($0.value) }
        default: false
        }
    }

    private struct AnyValue: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    // MARK: Patches

    private static func checkPatch(_ members: [JSONValue.Member], of settings: LinkSettings) {
        let outcome = Result { try reader.patch(settings, with: members) }
        guard let patched = accepted(outcome) else { return }
        for (name, value) in standing(settings) {
            let now = standing(patched)[name]
            switch members.last(where: { $0.name.equals(name) })?.value {
            case nil: check(now == value, "'\(name)' stays as it is where it is absent")
            case .null: check(now == standing(plain)[name], "'\(name)' is cleared by null")
            case .some(let asked): check(now.map { $0 == stored(name, asked) } ?? false, "'\(name)' is \(asked)")
            }
        }
        let twice = accepted(Result { try reader.patch(patched, with: members) })
        check(twice == patched, "a patch that is made twice changes nothing more")
        checkRoundTrip(patched)
    }

    /// What we show of a link can be sent back, and changes nothing.
    private static func checkRoundTrip(_ settings: LinkSettings) {
        let shown = standing(settings).map { JSONValue.Member($0, $1) }
        for base in [plain, full, settings] {
            let again = accepted(Result { try reader.patch(base, with: shown) })
            check(again == settings, "\(settings) is shown and read as itself, not as \(String(describing: again))")
        }
    }

    /// A new link has what the same members would change a link to.
    private static func checkCreation(_ members: [JSONValue.Member]) {
        let read = Result { try LinkRequest(members, by: .loopback, destinations: destinations, at: start) }
        guard let request = accepted(read) else {
            return
        }
        let rest = members.filter { !$0.name.equals("code") && !$0.name.equals("reuse") }
        let patched = accepted(Result { try reader.patch(plain, with: rest) })
        check(patched == request.settings, "a link is created as a patch would change it")
    }

    /// The value of a success; a failure must be a problem that says everything it has to.
    private static func accepted<Value>(_ outcome: Result<Value, any Error>) -> Value? {
        switch outcome {
        case .success(let value): return value
        case .failure(let error):
            let problem = require(error as? Problem, "\(error) is a problem")
            check(problem.status.code == 422 && !problem.errors.isEmpty, "\(problem) says what is wrong")
            let document = problem.document(requestID: "id")
            check((try? JSONParser.parse(document.bytes)) == document, "\(problem) can be sent")
            return nil
        }
    }

    /// What the API shows of settings, by the names under which they can be changed.
    private static func standing(_ settings: LinkSettings) -> [String: JSONValue] {
        let link = Link(
            code: require(ShortCode("k3x9bqz"), "this is a code"), settings: settings, createdAt: Timestamp(seconds: 0),
            updatedAt: Timestamp(seconds: 0))
        guard case .object(let members) = LinkPresenter(baseURL: "https://sho.rt").json(link) else { return [:] }
        let readOnly = ["code", "short_url", "visits_left", "created_at", "updated_at"]
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name.string, $0.value) }).filter {
            !readOnly.contains($0.key)
        }
    }

    /// How an accepted value is shown: in the one form of its kind.
    private static func stored(_ name: String, _ value: JSONValue) -> JSONValue {
        switch (name, value) {
        case ("url", .string(let text)): (try? destinations.accept(text)).map { .string($0) } ?? .null
        case ("starts_at", .string(let text)), ("expires_at", .string(let text)):
            .optional(Timestamp(rfc3339: text)?.rfc3339)
        case ("tags", .array(let elements)):
            .array(LinkSettings(url: "", tags: elements.map { normalised(text($0)) }).tags.map { .string($0) })
        case ("title", .string(let text)): .string(normalised(text))
        case (_, .number(let number)): .optional(Int(exactly: number))
        default: value
        }
    }

    private static func normalised(_ text: String) -> String { UntrustedText(text).normalised.string }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { "" }
    }
}
