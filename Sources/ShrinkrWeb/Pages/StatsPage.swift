/// The statistics of all links together.
package struct StatsPage: Sendable {
    private let viewer: Viewer
    private let view: StatsView

    package init(viewer: Viewer, view: StatsView) {
        self.viewer = viewer
        self.view = view
    }

    package var bytes: [UInt8] {
        Page("Statistics · Shrinkr", section: .stats, viewer: viewer) {
            element("h1") { "All links together" }
            view.html
        }.bytes
    }
}
