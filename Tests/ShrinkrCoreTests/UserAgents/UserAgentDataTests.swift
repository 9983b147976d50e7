import Testing

@testable import ShrinkrCore

@Suite("The data of user agents") struct UserAgentDataTests {
    /// Fingerprints of what was released or is about to be, by version. A count says by which version it was made, so a
    /// version never changes: whoever changes the data raises `version` there, and adds a line here.
    private static let fingerprints: [Int: UInt64] = [3: 0x8DCE_39A3_6D97_FA4F]

    @Test("has the version that its content has")
    func version() {
        let version = UserAgentData.builtIn.version
        #expect(UserAgentRule.version == version)
        // FNV-1a.
        let fingerprint = UserAgentData.builtInText.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        #expect(Self.fingerprints[version] == fingerprint, "raise the version, and enter its fingerprint")
        #expect(Self.fingerprints.keys.max() == version)
    }

    @Test("can be read, every line")
    func problems() {
        #expect(UserAgentData.builtIn.problems == [])
        for section in UserAgentData.Section.allCases {
            #expect(!UserAgentData.builtIn.names(in: section).isEmpty, "\(section)")
        }
    }

    @Test("has names that can be shown")
    func names() {
        let sections: [UserAgentData.Section] = [.bots, .programs, .tools, .browsers, .systems, .devices]
        let names = sections.flatMap { UserAgentData.builtIn.names(in: $0) }
        #expect(names.count > 600)
        for name in names {
            #expect(
                (1...40).contains(name.utf8.count) && name.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(name)")
        }
    }

    @Test(
        "says what cannot be read",
        arguments: [
            ("", "there is no version"), ("[bots]\nxx", "there is no version"),
            ("version 1\nGooglebot", "a rule in no section: Googlebot"),
            ("version 1\n[robots]\nGooglebot", "no such section: [robots]"),
            ("version 1\n[bots]\nX = y", "not a mark: X = y"),
            ("version 1\n[bots]\nXX = ", "a rule without a mark: XX ="),
            ("version 1\n[bots]\nXX = /xx", "not a mark: XX = /xx"),
            ("version 1\n[bots]\nXX = Xx", "not a mark: XX = Xx"),
            ("version 1\n[bots]\nXX = !xx", "not a mark: XX = !xx"),
            ("version 1\n[endings]\nbot & crawler", "not a mark: bot & crawler"),
        ])
    func unreadable(_ text: String, _ problem: String) {
        #expect(UserAgentData(Array(text.utf8)).problems.first == problem)
    }

    private static let text = """
        # A remark.
        version 17
        [bots]
        Plain Name
        Any = one | two three
            | four*
        Both = five & !six
        Own = ^seven
        [endings]
        bot
        """

    @Test(
        "is read as it is described",
        arguments: [
            ("plain name", "Plain Name"), ("x plain name/1", "Plain Name"), ("plainname", nil), ("plain names", nil),
            ("ONE", "Any"), ("ones", nil), ("x-two three-x", "Any"), ("two-three", nil), ("fourteen", "Any"),
            ("five", "Both"), ("five six", nil), ("five sixty", "Both"), ("seven/1", "Own"), ("x seven/1", nil),
            ("x (compatible; seven)", "Own"), ("Mozilla/5.0 (seven)", "Own"), ("one five plain name", "Plain Name"),
            ("", nil),
        ] as [(String, String?)])
    func format(_ userAgent: String, _ name: String?) {
        let data = UserAgentData(Array(Self.text.utf8))
        #expect(data.problems == [])
        #expect(data.version == 17)
        #expect(data.names(in: .bots) == ["Plain Name", "Any", "Both", "Own"])
        #expect(UserAgentText(userAgent, data).name(in: .bots) == name)
    }
}
