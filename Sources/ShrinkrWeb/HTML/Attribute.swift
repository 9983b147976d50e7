import ShrinkrBase

/// An attribute of an element. Names are literals of the source; values are escaped where they are written.
package struct Attribute: Sendable {
    let name: StaticString
    /// Nil for an attribute that is just there.
    let value: String?

    private init(_ name: StaticString, _ value: String?) {
        self.name = name
        self.value = value
    }

    package static func id(_ value: String) -> Attribute { Attribute("id", value) }
    package static func `class`(_ value: String) -> Attribute { Attribute("class", value) }
    package static func name(_ value: String) -> Attribute { Attribute("name", value) }
    package static func type(_ value: String) -> Attribute { Attribute("type", value) }
    package static func value(_ value: String) -> Attribute { Attribute("value", value) }
    package static func `for`(_ value: String) -> Attribute { Attribute("for", value) }
    package static func method(_ value: String) -> Attribute { Attribute("method", value) }

    /// Attributes that hold neither an address nor a script: ARIA's, those of forms, of SVG, and `data-…`.
    package static func plain(_ name: StaticString, _ value: String) -> Attribute {
        precondition(!isDangerous(name), "\(name) has a function of its own")
        return Attribute(name, value)
    }

    /// An attribute without a value; nil, which leaves it out, unless `isOn`.
    package static func flag(_ name: StaticString, _ isOn: Bool = true) -> Attribute? {
        isOn ? Attribute(name, nil) : nil
    }

    package static func href(_ url: String) -> Attribute { Attribute("href", safe(url)) }
    package static func src(_ url: String) -> Attribute { Attribute("src", safe(url)) }
    package static func action(_ url: String) -> Attribute { Attribute("action", safe(url)) }

    /// An address of this server, of a place on the page, or of the Web; anything else, such as `javascript:`, becomes one
    /// that leads nowhere.
    private static func safe(_ url: String) -> String {
        let text = UntrustedText(url)
        let isOurs = text.begins(with: "/") && !text.begins(with: "//")
        let isOfWeb = text.beginsIgnoringCase(with: "https://") || text.beginsIgnoringCase(with: "http://")
        return isOurs || isOfWeb || text.begins(with: "?") || text.begins(with: "#") ? url : "#"
    }

    /// Whether an attribute's value is an address, a script or a style.
    private static func isDangerous(_ name: StaticString) -> Bool {
        let name = name.withUTF8Buffer { UntrustedText(bytes: Array($0)) }
        return name.begins(with: "on") || name.equals("style") || name.equals("href") || name.equals("src")
            || name.equals("action") || name.equals("formaction") || name.equals("srcdoc")
    }
}
