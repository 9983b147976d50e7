import ShrinkrBase
import ShrinkrClient
import Testing

@Suite("Comma-separated values") struct CSVReaderTests {
    private func rows(_ text: String) throws -> [[String]] {
        var reader = CSVReader(Array(text.utf8))
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append(row.fields.map { String(decoding: $0, as: UTF8.self) }) }
        return rows
    }

    @Test(
        "are rows of fields",
        arguments: [
            ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
            ("\u{FEFF}a,b\n", [["a", "b"]]), ("a;b\nc,x;d\n", [["a", "b"], ["c,x", "d"]]),
            (#""a,""b""","c"# + "\n" + #"d",e"#, [["a,\"b\"", "c\nd", "e"]]), ("a,\n,b\n", [["a", ""], ["", "b"]]),
            (#""","""#, [["", ""]]), ("\n\na\n\n", [["a"]]), ("", []),
        ] as [(String, [[String]])])
    func fields(_ text: String, _ expected: [[String]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test(
        "are refused where quotes are wrong or bounds passed",
        arguments: [
            #""a"#, #""a"b"#, String(repeating: ",", count: 256), String(repeating: "a", count: (64 << 10) + 1),
        ])
    func malformed(_ text: String) {
        #expect(throws: CSVReader.Malformed.self) { try rows(text) }
    }

    @Test("know their lines")
    func lines() throws {
        var reader = CSVReader(Array("a\n\n\"b\nc\"\nd\n".utf8))
        var lines: [Int] = []
        while let row = try reader.next() { lines.append(row.line) }
        #expect(lines == [1, 3, 5])
    }
}

@Suite("Links of other shorteners") struct ImportedLinkTests {
    private func links(_ text: String, _ source: ImportSource) throws -> [JSONValue] {
        var file = try ImportFile(Array(text.utf8))
        var links: [JSONValue] = []
        while let (place, entry) = try file.next() {
            let link = try ImportedLink(#require(entry), from: source, place: place, keepsCreatedAt: true)
            links.append(.object(link.members))
        }
        return links
    }

    private static let expected: JSONValue = [
        "url": "https://example.com/a?b=c", "code": "Ab-1_z", "title": "A title", "tags": ["one", "two words"],
        "created_at": "2024-03-01T10:20:30Z",
    ]
    private static let untagged: JSONValue = [
        "url": "https://example.com/a?b=c", "code": "Ab-1_z", "title": "A title", "created_at": "2024-03-01T10:20:30Z",
    ]

    @Test(
        "are read as they are exported",
        arguments: [
            (
                .csv,
                """
                code,url,title,tags,created_at,people
                Ab-1_z,https://example.com/a?b=c,A title,"one,two words",2024-03-01T10:20:30Z,5
                """, expected
            ),
            (
                .yourls,
                """
                "keyword","url","title","timestamp","ip","clicks"
                "Ab-1_z","https://example.com/a?b=c","A title","2024-03-01 10:20:30","127.0.0.1","12"
                """, untagged
            ),
            (
                .bitly,
                #"""
                {"links":[{"created_at":"2024-03-01T10:20:30+0000","id":"bit.ly/xyz","link":"https://bit.ly/xyz",
                "custom_bitlinks":["https://bit.ly/Ab-1_z"],"long_url":"https://example.com/a?b=c","title":"A title",
                "archived":false,"tags":["one","two words"]}],"pagination":{"total":1}}
                """#, expected
            ),
            (
                .shlink,
                #"""
                {"shortUrls":{"data":[{"shortCode":"Ab-1_z","shortUrl":"https://s.test/Ab-1_z","longUrl":
                "https://example.com/a?b=c","dateCreated":"2024-03-01T11:20:30+01:00","tags":["one","two words"],
                "meta":{"validSince":null,"validUntil":null,"maxVisits":null},"title":"A title","visitsCount":3}]}}
                """#, expected
            ),
            (
                .shlink,
                """
                createdAt,domain,shortCode,shortUrl,longUrl,title,tags,visits
                2024-03-01T10:20:30+00:00,,Ab-1_z,https://s.test/Ab-1_z,https://example.com/a?b=c,A title,one|two words,7
                """, expected
            ),
            (
                .kutt,
                #"""
                {"data":[{"address":"Ab-1_z","target":"https://example.com/a?b=c","description":"A title",
                "created_at":"2024-03-01T10:20:30.000Z","visit_count":3,"expire_in":null}],"total":1}
                """#, untagged
            ),
            (
                .dub,
                #"""
                [{"key":"Ab-1_z","shortLink":"https://d.to/Ab-1_z","url":"https://example.com/a?b=c","title":"A title",
                "tags":[{"id":"t1","name":"one"},{"id":"t2","name":"two words"}],"createdAt":"2024-03-01T10:20:30.000Z"}]
                """#, expected
            ),
            (
                .rebrandly,
                #"""
                [{"slashtag":"Ab-1_z","shortUrl":"r.link/Ab-1_z","destination":"https://example.com/a?b=c",
                "title":"A title","createdAt":"2024-03-01T10:20:30.000Z","clicks":4,"domain":{"fullName":"r.link"}}]
                """#, untagged
            ),
            (
                .golink,
                #"{"Short":"Ab-1_z","Long":"https://example.com/a?b=c","Created":"2024-03-01T10:20:30.123456789Z","#
                    + #""LastEdit":"2024-03-01T10:20:30Z","Owner":"a@b"}"# + "\n",
                [
                    "url": "https://example.com/a?b=c", "code": "Ab-1_z", "created_at": "2024-03-01T10:20:30.123Z",
                ]
            ),
        ] as [(ImportSource, String, JSONValue)])
    func sources(_ source: ImportSource, _ text: String, _ expected: JSONValue) throws {
        #expect(try links(text, source) == [expected])
    }

    @Test("have limits, switches and times of their own")
    func settings() throws {
        let text = """
            code,url,starts_at,expires_at,max_visits,redirect_status,forward_query,enabled
            a,https://example.com/,2024-01-01,1900000000,5,307,true,false
            """
        #expect(
            try links(text, .csv) == [
                [
                    "url": "https://example.com/", "code": "a", "starts_at": "2024-01-01T00:00:00Z",
                    "expires_at": "2030-03-17T17:46:40Z", "max_visits": 5, "redirect_status": 307,
                    "forward_query": true, "enabled": false,
                ]
            ])
    }

    @Test(
        "are refused with a reason",
        arguments: [
            (.csv, "code,url\na,\n", "no destination"), (.csv, "code,title\na,b\n", "no destination"),
            (.csv, "code,url,created_at\na,https://example.com/,yesterday\n", "'yesterday' is no time"),
            (.golink, #"{"Short":"a","Long":"https://example.com/{{.Path}}"}"#, "template"),
        ] as [(ImportSource, String, String)])
    func refused(_ source: ImportSource, _ text: String, _ reason: String) {
        #expect {
            try links(text, source)
        } throws: {
            ($0 as? ImportedLink.Refused)?.reason.contains(reason) == true
        }
    }

    @Test("are told by their lines, broken ones too")
    func places() throws {
        var file = try ImportFile(Array("{\"url\":\"a\"}\n\nnonsense\n{\"url\":\"b\"}".utf8))
        var places: [String] = []
        while let (place, entry) = try file.next() { places.append("\(place) \(entry == nil ? "broken" : "read")") }
        #expect(places == ["1 read", "3 broken", "4 read"])
        #expect(throws: ImportFile.Failure.self) { try ImportFile([]) }
    }

    @Test("have tags between commas, bars, or as JSON")
    func tags() throws {
        let text = #"""
            url,tags
            u,"a, b|c"
            u,"[""a,b"",""c""]"
            u,
            """#
        let tags = try links(text, .csv).map { $0["tags"] }
        #expect(tags == [["a", "b", "c"], ["a,b", "c"], .null])
    }
}
