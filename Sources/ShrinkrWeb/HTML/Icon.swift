/// Small drawings beside words, which say the same to those who do not see them.
package enum Icon: String, Sendable {
    case brand = "M5 19 19 5M10.5 5H19v8.5M5 10.5V19h8.5"
    case copy = "M9 9h10v10H9zM5 15V5h10"
    case external = "M14 5h5v5M19 5l-9 9M17 14v5H5V7h5"
    case search = "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4 4"
    case download = "M12 4v11M7 11l5 5 5-5M5 20h14"

    package var html: HTML {
        element(
            "svg", .class("icon"), .plain("viewBox", "0 0 24 24"), .plain("aria-hidden", "true"),
            .plain("focusable", "false")
        ) { element("path", .plain("d", rawValue)) }
    }
}
