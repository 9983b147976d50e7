import Glibc
import ShrinkrBase
import ShrinkrClient
import Testing

@Suite("Addresses of servers") struct ServerAddressTests {
    @Test(
        "are read",
        arguments: [
            ("https://sho.rt", "https://sho.rt"), ("HTTPS://SHO.RT/", "https://sho.rt"),
            ("https://sho.rt:443", "https://sho.rt"), ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://[::1]:8000/", "http://[::1]:8000"), ("http://localhost", "http://localhost"),
        ])
    func read(_ text: String, _ address: String) {
        #expect(ServerAddress(text)?.description == address)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "sho.rt", "ftp://sho.rt", "https://", "https:///", "https://sho.rt/path", "https://user@sho.rt",
            "https://sho.rt:0", "https://sho.rt:65536", "https://sho.rt:", "https://sho.rt:8a", "https://sho rt",
            "https://sho.rt?a", "https://sho.rt#a", "https://münchen.de", "https://[::1", "https://[sho.rt]",
            "https://sho.rt\r\nX: y", "https://" + String(repeating: "a", count: 255),
        ])
    func refused(_ text: String) {
        #expect(ServerAddress(text) == nil)
    }

    @Test("of this machine follow the server's settings")
    func local() {
        let address = { (host: String?, port: String?) in
            ServerAddress.local(
                ClientEnvironment { $0 == "SHRINKR_HTTP_HOST" ? host : $0 == "SHRINKR_HTTP_PORT" ? port : nil })?
                .description
        }
        #expect(address(nil, nil) == "http://127.0.0.1:8000")
        #expect(address("0.0.0.0", "9000") == "http://127.0.0.1:9000")
        #expect(address("::", "9000") == "http://[::1]:9000")
        #expect(address("::1", "") == "http://[::1]:8000")
        #expect(address(nil, "80x") == nil)
    }
}

@Suite("The server that is asked") struct ChosenServerTests {
    private static let profiles: Profiles = {
        var profiles = Profiles()
        for name in ["one", "two"] {
            if let address = ServerAddress("https://\(name).example") {
                try? profiles.store("key-\(name)", for: address)
            }
        }
        return profiles
    }()

    private func choose(
        _ named: String? = nil, _ variables: (String, String)..., profiles: Profiles = Self.profiles,
        plain: Bool = false
    ) throws -> [String?] {
        let environment = ClientEnvironment { name in variables.first { $0.0 == name }?.1 }
        let chosen = try ChosenServer(
            named: named, allowsPlainText: plain, environment: environment, profiles: profiles)
        return [chosen.address.description, chosen.key]
    }

    @Test("is the one that is named, of the environment, of the last login, of this machine")
    func order() throws {
        #expect(try choose("https://one.example") == ["https://one.example", "key-one"])
        #expect(try choose() == ["https://two.example", "key-two"])
        let variable = ("SHRINKR_CLIENT_SERVER", "https://one.example/")
        #expect(try choose(nil, variable) == ["https://one.example", "key-one"])
        #expect(try choose("https://two.example", variable) == ["https://two.example", "key-two"])
        #expect(try choose(profiles: Profiles()) == ["http://127.0.0.1:8000", nil])
    }

    @Test("gets no other server's key")
    func keys() throws {
        #expect(try choose("https://three.example") == ["https://three.example", nil])
        #expect(try choose("https://one.example:8443") == ["https://one.example:8443", nil])
        #expect(try choose("http://one.example") == ["http://one.example", nil])
        let variable = ("SHRINKR_CLIENT_KEY", "given")
        #expect(try choose("https://one.example", variable) == ["https://one.example", "given"])
    }

    @Test("gets no key that others on the way can read")
    func plainText() throws {
        let key = ("SHRINKR_CLIENT_KEY", "given")
        #expect(throws: ClientError.self) { try choose("http://one.example", key) }
        #expect(try choose("http://one.example", key, plain: true) == ["http://one.example", "given"])
        #expect(try choose("http://127.0.0.1:8000", key) == ["http://127.0.0.1:8000", "given"])
    }

    @Test("is refused where it is no address, and a key that is none as well")
    func nonsense() {
        #expect(throws: ClientError.self) { try choose("sho.rt") }
        #expect(throws: ClientError.self) { try choose(nil, ("SHRINKR_CLIENT_SERVER", "sho.rt")) }
        #expect(throws: ClientError.self) { try choose(nil, ("SHRINKR_CLIENT_KEY", "a b")) }
        #expect(throws: ClientError.self) { try choose(nil, ("SHRINKR_CLIENT_KEY", "a\r\nX: y")) }
    }
}

@Suite("Stored keys") struct ProfilesTests {
    private func withFolder(_ work: (String) throws -> Void) throws {
        var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/profiles-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink("\(folder)/a/shrinkr/client.json")
            for part in ["/a/shrinkr", "/a", ""] { rmdir(folder + part) }
        }
        try work("\(folder)/a/shrinkr/client.json")
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test("come back, in files that nobody else reads")
    func roundTrip() throws {
        try withFolder { path in
            #expect(try Profiles.read(path) == Profiles())
            let address = try #require(ServerAddress("https://sho.rt"))
            var profiles = Profiles()
            try profiles.store("first", for: address)
            try profiles.store("second", for: address)
            try profiles.write(path)
            #expect(mode(path) == 0o600)
            #expect(try Profiles.read(path) == profiles)
            #expect(try Profiles.read(path)[address]?.key == "second")
            #expect(profiles.remove(address) && !profiles.remove(address))
            try profiles.write(path)
            #expect(try Profiles.read(path) == Profiles())
        }
    }

    @Test("are not used where others can read them", arguments: [0o640, 0o604, 0o660] as [mode_t])
    func open(_ mode: mode_t) throws {
        try withFolder { path in
            try Profiles().write(path)
            chmod(path, mode)
            #expect { try Profiles.read(path) } throws: { "\($0)".contains("chmod 600") }
        }
    }

    @Test(
        "are not guessed from a broken file",
        arguments: [
            "", "{", "{}", #"{"servers":[{"server":"x","key":"k"}]}"#, #"{"servers":[{"server":"https://a"}]}"#,
        ])
    func broken(_ text: String) throws {
        try withFolder { path in
            try Profiles().write(path)
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
            #expect { try Profiles.read(path) } throws: { "\($0)".contains("is not what 'shrinkr login' writes") }
        }
    }

    @Test("have a bound")
    func bound() throws {
        var profiles = Profiles()
        for number in 0..<100 { try profiles.store("k", for: #require(ServerAddress("https://h\(number).example"))) }
        let one = try #require(ServerAddress("https://one.example"))
        #expect(throws: ClientError.self) { try profiles.store("k", for: one) }
    }

    @Test("are in the folder that XDG names")
    func path() {
        let path = { (variables: [(String, String)]) in
            Profiles.path(ClientEnvironment { name in variables.first { $0.0 == name }?.1 })
        }
        #expect(path([("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")]) == "/x/shrinkr/client.json")
        #expect(path([("XDG_CONFIG_HOME", "relative"), ("HOME", "/h")]) == "/h/.config/shrinkr/client.json")
        #expect(path([]) == nil)
    }
}
