import Glibc

/// The process's own limit of open files, which often is 1,024 at first and many more for those who ask (getrlimit(2)).
enum FileLimit {
    /// Raises the limit to `files`, or as far as the system lets it. It never lowers it.
    static func raise(to files: Int) {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(files) else { return }
        limit.rlim_cur = min(rlim_t(files), limit.rlim_max)
        _ = setrlimit(resource, &limit)
    }
}
