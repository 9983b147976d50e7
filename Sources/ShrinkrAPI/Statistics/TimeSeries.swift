import ShrinkrBase
import ShrinkrStore

/// Clicks per local interval, intervals without clicks included.
struct TimeSeries {
    struct Point: Hashable {
        let start: Timestamp
        var tally: Tally
    }

    private(set) var points: [Point] = []

    /// - Parameter buckets: In order of time, all within the request's range.
    init(_ buckets: [BucketTally], request: StatsRequest) {
        var rest = buckets[...]
        let end = request.buckets.upperBound.start
        var start = request.calendar.start(of: request.interval, containing: request.buckets.lowerBound.start)
        while start < end {
            let next = request.calendar.next(request.interval, after: start)
            var point = Point(start: start, tally: Tally())
            while let first = rest.first, first.bucket.start < next {
                point.tally = point.tally + first.tally
                rest.removeFirst()
            }
            points.append(point)
            start = next
        }
    }
}
