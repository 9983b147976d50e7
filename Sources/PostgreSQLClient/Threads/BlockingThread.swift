#if PostgreSQL
import CLibpq
import Glibc

/// Threads of their own for work that blocks, which has no place in Swift's pool.
enum BlockingThread {
    /// Starts a thread that nobody joins.
    ///
    /// - Parameter name: at most 15 bytes of it are shown by tools.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(PostgreSQLError) {
        let box = Unmanaged.passRetained(Body(name: String(name.prefix(15)), run: body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                pthread_setname_np(pthread_self(), body.name)
                body.run()
                return nil
            }, box.toOpaque())
        if failure != 0 {
            box.release()
            throw PostgreSQLError(
                .unavailable, "no thread for another connection: \(String(cString: strerror(failure)))")
        }
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
#endif
