#if PostgreSQL
import Foundation
@testable import PostgreSQLClient
import Testing

@Suite("PostgreSQL client: configuration", .timeLimit(.minutes(10)))
struct ConfigurationTests {
    private func parameters(_ url: String, host: Int = 0) throws -> [String: String] {
        let configuration = try PostgreSQLConfiguration(url: url)
        return Dictionary(uniqueKeysWithValues: configuration.parameters(for: configuration.hosts[host]))
    }

    @Test("A URL is taken apart by libpq, with its percent-encoding")
    func url() throws {
        let all = try parameters("postgresql://us%40er:p%2Fw%20%3A@db.example:6432/data%20base?sslrootcert=/ca.pem")
        #expect(all["user"] == "us@er")
        #expect(all["password"] == "p/w :")
        #expect(all["host"] == "db.example")
        #expect(all["port"] == "6432")
        #expect(all["dbname"] == "data base")
        #expect(all["sslrootcert"] == "/ca.pem")
        #expect(all["sslmode"] == "verify-full")
        #expect(all["target_session_attrs"] == "any")
        #expect(all["client_encoding"] == "UTF8")
        #expect(all["tcp_user_timeout"] == "30000")
    }

    @Test("Several hosts are tried in their order, for one that takes writes")
    func hosts() throws {
        let url = "postgresql://u@a.example:1,b.example,[2001:db8::1]:3/d"
        let hosts = try PostgreSQLConfiguration(url: url).hosts
        #expect(hosts.map(\.name) == ["a.example", "b.example", "2001:db8::1"])
        #expect(hosts.map(\.port) == ["1", "5432", "3"])
        #expect(try parameters(url, host: 2)["target_session_attrs"] == "read-write")
        let same = try PostgreSQLConfiguration(url: "postgresql://u@/d?host=a.example,b.example&port=7").hosts
        #expect(same.map(\.port) == ["7", "7"])
    }

    @Test("A Unix socket needs no TLS, nor does this machine")
    func local() throws {
        #expect(try parameters("postgresql://u@/d?host=/run/postgresql")["sslmode"] == "prefer")
        #expect(try parameters("postgresql://u@localhost/d")["sslmode"] == "prefer")
        #expect(try parameters("postgresql://u@127.0.0.1,db.example/d")["sslmode"] == "verify-full")
        #expect(try parameters("postgresql://u@/d?host=/run/postgresql&hostaddr=192.0.2.1")["sslmode"] == "verify-full")
        #expect(try parameters("postgresql://u@db.example/d?sslmode=disable")["sslmode"] == "disable")
    }

    @Test("Name, time-out and password can be given in the URL or later")
    func overrides() throws {
        var configuration = try PostgreSQLConfiguration(
            url: "postgresql://u:first@h/d?application_name=n&connect_timeout=7")
        #expect(configuration.applicationName == "n")
        #expect(configuration.connectTimeout == .seconds(7))
        configuration.password = "second"
        let all = Dictionary(uniqueKeysWithValues: configuration.parameters(for: configuration.hosts[0]))
        #expect(all["password"] == "second")
        #expect(try parameters("postgresql://u@h/d")["password"] == nil)
    }

    @Test(
        "What is no URL, unsafe, or not Shrinkr's to use is refused, and no secret is repeated",
        arguments: [
            "", "http://u:geheim@h/d", "host=h user=u password=geheim dbname=d", "postgresql://u:geheim@h/d?nonsense=1",
            "postgresql://u:geheim%zz@h/d", "postgresql://u:geheim@/d", "postgresql://:geheim@h/d",
            "postgresql://u:geheim@h/", "postgresql://u:geheim@h/d?sslmode=prefer",
            "postgresql://u:geheim@h/d?sslmode=allow",
            "postgresql://u:geheim@h/d?target_session_attrs=standby", "postgresql://u:geheim@h/d?service=s",
            "postgresql://u:geheim@h/d?options=-cfsync%3Doff", "postgresql://u:geheim@a,b/d?port=1,2,3",
            "postgresql://u:geheim@a,,b/d", "postgresql://u:geheim@h:notaport/d",
            "postgresql://u:geheim@h/d?sslmode=maybe",
            "postgresql://u:geheim@h:70000/d", "postgresql://u:ge\u{0}heim@h/d",
        ])
    func refused(_ url: String) {
        let error = #expect(throws: PostgreSQLConfigurationError.self) { try PostgreSQLConfiguration(url: url) }
        #expect(error.map { "\($0)" }?.contains("geheim") == false)
    }

    @Test("No description and no dump shows a password")
    func secrets() throws {
        var configuration = try PostgreSQLConfiguration(url: "postgresql://u:geheim@h/d?sslpassword=gesperrt")
        for password in ["geheim", "verborgen"] {
            configuration.password = password
            var dumped = ""
            dump(configuration, to: &dumped)
            for shown in [dumped, "\(configuration)", String(reflecting: configuration), "\([configuration] as [Any])"]
            {
                #expect(!shown.contains(password))
                #expect(!shown.contains("gesperrt"))
            }
        }
        #expect(configuration.redact("a verborgen b gesperrt, verborgenverborgen") == "a *** b ***, ******")
        #expect(Secret("").redact("a") == "a")
    }
}
#endif
