#if PostgreSQL
extension Migration {
    /// The files of this folder, in the order of their numbers. A new one is entered here and in Package.swift.
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("0001-initial.sql", PackageResources._001_initial_sql),
        ("0002-worker-versions.sql", PackageResources._002_worker_versions_sql),
        ("0003-visitor-sketches.sql", PackageResources._003_visitor_sketches_sql),
        ("0004-link-clicks-and-search.sql", PackageResources._004_link_clicks_and_search_sql),
        ("0005-links-filled-in.sql", PackageResources._005_links_filled_in_sql),
    ]

    /// All steps that this program knows.
    ///
    /// - Throws: ``MigrationFileError``, which a test rules out for our own.
    package static func all() throws(MigrationFileError) -> [Migration] {
        var steps: [Migration] = []
        for file in files { steps.append(try Migration(file: file.name, bytes: file.bytes)) }
        return steps
    }
}
#endif
