import ClickJournal
import ShrinkrObservability
import ShrinkrStore

/// Exposes what the cache, the journal and the connections know of themselves, read at the time of a scrape.
func exposeGauges(
    registry: MetricsRegistry, cache: LinkCache, journal: ClickJournal, connections: OpenConnections
) throws {
    let open = try registry.gauge("shrinkr_http_connections", help: "Clients' connections that are open.")
    let refused = try registry.mirroredCounter(
        "shrinkr_http_connections_refused_total",
        help: "Connections refused because their client had as many as one may have.")
    let hits = try registry.mirroredCounter("shrinkr_link_cache_hits_total", help: "Lookups that the cache answered.")
    let misses = try registry.mirroredCounter("shrinkr_link_cache_misses_total", help: "Lookups that it could not.")
    let loads = try registry.mirroredCounter("shrinkr_link_cache_loads_total", help: "Reads of the link store.")
    let bytes = try registry.gauge("shrinkr_link_cache_bytes", help: "Bytes of cached links.")
    let entries = try registry.gauge("shrinkr_link_cache_entries", help: "Cached codes.")
    let pending = try registry.gauge(
        "shrinkr_journal_clicks_pending",
        help: "Clicks in the journal that the queue does not have yet, or has packed while they are not counted yet.")
    let stored = try registry.gauge("shrinkr_journal_bytes", help: "Bytes of the journal on disk.")
    let damaged = try registry.mirroredCounter(
        "shrinkr_journal_damaged_regions_total", help: "Damaged parts of the journal that were set aside.")
    let lost = try registry.mirroredCounter(
        "shrinkr_journal_clicks_lost_total",
        help: "Clicks that such damage is known to have taken, or that the queue refused for good.")
    try registry.onScrape {
        let (counts, size, status) = (cache.counts, cache.size, journal.status())
        open.set(Double(connections.count))
        refused.set(Double(connections.refused))
        hits.set(Double(counts.hits))
        misses.set(Double(counts.misses))
        loads.set(Double(counts.loads))
        bytes.set(Double(size.bytes))
        entries.set(Double(size.entries))
        pending.set(Double(status.unacknowledgedRecords))
        stored.set(Double(status.storedBytes))
        damaged.set(Double(status.damagedRegions))
        lost.set(Double(status.lostRecords))
    }
}
