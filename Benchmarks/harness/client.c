// A load client for HTTP/1.1 on one core that keeps exact books: every request that was sent gets its answer read.
//
// usage: client PORT CONNECTIONS SECONDS RATE REQUESTS CLOSES TEMPLATE CODES
//
// RATE 0 is a closed loop: each connection sends when its answer has come. Otherwise request i is due i / RATE seconds
// after the start whatever the server does, waits for a free connection if it must, and its latency counts from when it
// was due: no omission is coordinated with the server. REQUESTS 0 is as many as SECONDS allow. CLOSES 1 takes a new
// connection for each request; the latency then includes connecting. TEMPLATE is the file of the request: `{code}` is
// the next line of CODES, whose order goes round (a line that ends in `#` gets a number that no other request
// gets), and each `@@@` three digits that change from request to request.
//
// Prints one JSON object: answers by status, seconds, requests that failed, percentiles of the latency in microseconds.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_REQUEST = 1 << 20, MAX_HEADER = 1 << 14, BUCKETS = 64 << 6, LAST_WAIT = 10 };

typedef struct {
    int fd;
    int free;
    long long due;
    // What has come of the answer: its header, how long it is with its body, and how much of it was read.
    char header[MAX_HEADER + 1];
    long kept, length, got;
    int status;
    // The request, how much of it the socket took, and whether the loop tells when it takes more.
    char *request;
    long size, sent;
    int waits;
} Connection;

static Connection *connections;
static int *idle, idle_count, connection_count, closes, loop;
static char *template, **codes;
static long template_size, code_count, next_code, asked_once, answered, sent, statuses[1000];
static long histogram[BUCKETS];
static struct sockaddr_in server;

static void stop(const char *why) {
    fprintf(stderr, "client: %s: %s\n", why, strerror(errno));
    exit(1);
}

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// Buckets of 1/64 of a power of two: a percentile is exact to 1.6 %.
static int bucket(long long ns) {
    if (ns < 64) return ns < 0 ? 0 : (int)ns;
    int power = 63 - __builtin_clzll((unsigned long long)ns);
    return ((power - 5) << 6) + (int)((ns >> (power - 6)) & 63);
}

static double microseconds(int index) {
    if (index < 64) return index / 1e3;
    int power = (index >> 6) + 5;
    return (double)((64LL + (index & 63)) << (power - 6)) / 1e3;
}

static double percentile(double share) {
    long wanted = (long)(share * answered), seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += histogram[i]) > wanted) return microseconds(i);
    return 0;
}

static char *read_file(const char *path, long *size) {
    FILE *file = fopen(path, "rb");
    if (!file) stop(path);
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    if (fread(text, 1, *size, file) != (size_t)*size) stop(path);
    text[*size] = 0;
    fclose(file);
    return text;
}

static long fill(char *out) {
    char *at = out;
    for (long i = 0; i < template_size;) {
        if (!strncmp(template + i, "{code}", 6)) {
            char *code = codes[next_code++ % code_count];
            long size = (long)strlen(code);
            if (code[size - 1] == '#') at += sprintf(at, "%.*s%ld", (int)size - 1, code, asked_once++);
            else at = mempcpy(at, code, size);
            i += 6;
        } else if (!strncmp(template + i, "@@@", 3)) {
            at += sprintf(at, "%ld", 100 + (sent * 7919 + i) % 150);
            i += 3;
        } else {
            *at++ = template[i++];
        }
    }
    return at - out;
}

static void flush(Connection *c) {
    while (c->sent < c->size) {
        long count = send(c->fd, c->request + c->sent, c->size - c->sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != ENOTCONN) stop("send");
        if (count < 0) break;
        c->sent += count;
    }
    int waits = c->sent < c->size;
    struct epoll_event event = {EPOLLIN | (waits ? EPOLLOUT : 0), {.ptr = c}};
    if (c->waits != waits) epoll_ctl(loop, EPOLL_CTL_MOD, c->fd, &event);
    c->waits = waits;
}

static void open_connection(Connection *c) {
    int on = 1;
    c->waits = 0;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) stop("connect");
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {EPOLLIN, {.ptr = c}};
    epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &event);
}

static void begin(Connection *c, long long due) {
    if (c->fd < 0) open_connection(c);
    c->free = 0;
    c->due = due;
    c->kept = c->got = c->length = c->sent = 0;
    c->size = fill(c->request);
    sent++;
    flush(c);
}

static void finish(Connection *c, int is_answered) {
    if (is_answered) {
        statuses[c->status]++;
        answered++;
        histogram[bucket(now() - c->due)]++;
    }
    if (closes || !is_answered) {
        close(c->fd);
        c->fd = -1;
    }
    c->free = 1;
    idle[idle_count++] = (int)(c - connections);
}

// Once the header is whole, says how long the answer is.
static void parse(Connection *c) {
    c->header[c->kept] = 0;
    char *end = strstr(c->header, "\r\n\r\n");
    if (!end) {
        if (c->kept == MAX_HEADER) stop("header too long");
        return;
    }
    char *field = strcasestr(c->header, "\r\ncontent-length:");
    if (!field || field > end) stop("an answer without Content-Length");
    c->status = atoi(c->header + 9) % 1000;
    c->length = end + 4 - c->header + atol(field + 17);
}

static void receive(Connection *c) {
    static char bytes[1 << 16];
    for (;;) {
        long count = recv(c->fd, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            if (!c->free) finish(c, closes && c->length && c->got == c->length);
            else close(c->fd), c->fd = -1;
            return;
        }
        if (c->free) stop("an answer that nobody asked for");
        c->got += count;
        if (!c->length) {
            long room = MAX_HEADER - c->kept;
            memcpy(c->header + c->kept, bytes, count < room ? count : room);
            c->kept += count < room ? count : room;
            parse(c);
        }
        // Where the server is to close, its doing so ends the answer.
        if (c->length && c->got > c->length) stop("an answer longer than it said");
        if (c->length && c->got == c->length && !closes) {
            finish(c, 1);
            return;
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 9) return fputs("client: 8 arguments, see client.c\n", stderr), 2;
    server = (struct sockaddr_in){AF_INET, htons(atoi(argv[1])), {htonl(INADDR_LOOPBACK)}, {0}};
    connection_count = atoi(argv[2]);
    double seconds = atof(argv[3]), rate = atof(argv[4]);
    long requests = atol(argv[5]), size;
    closes = atoi(argv[6]);
    template = read_file(argv[7], &template_size);
    char *list = read_file(argv[8], &size);
    codes = malloc((size + 1) * sizeof *codes);
    for (char *line = strtok(list, "\n"); line; line = strtok(NULL, "\n")) codes[code_count++] = line;
    if (template_size > MAX_REQUEST / 2 || !code_count) stop("no codes, or too long a request");

    // Sleeps end when they should, not 50 microseconds later.
    prctl(PR_SET_TIMERSLACK, 1);
    loop = epoll_create1(0);
    connections = calloc(connection_count, sizeof *connections);
    idle = malloc(connection_count * sizeof *idle);
    for (int i = 0; i < connection_count; i++) {
        connections[i] = (Connection){.fd = -1, .free = 1, .request = malloc(template_size + 4096)};
        if (!closes) open_connection(&connections[i]);
        idle[idle_count++] = i;
    }
    struct epoll_event events[256];
    // Numbers of other runs are behind these: nobody sends a million requests a second.
    asked_once = now() / 1000;
    long long started = now(), end = started + (long long)(seconds * 1e9), last = end;
    for (;;) {
        long long at = now(), due = at;
        int may_send = at < end && (!requests || sent < requests);
        while (may_send && idle_count) {
            if (rate > 0 && (due = started + (long long)(sent / rate * 1e9)) > at) break;
            begin(&connections[idle[--idle_count]], rate > 0 ? due : now());
            may_send = !requests || sent < requests;
        }
        if (!may_send && idle_count == connection_count) break;
        if (at > end + LAST_WAIT * 1000000000LL) break;
        long long wait = rate > 0 && may_send && idle_count ? due - at : 100000000;
        struct timespec timeout = {wait < 0 ? 0 : wait / 1000000000, wait < 0 ? 0 : wait % 1000000000};
        int count = epoll_pwait2(loop, events, 256, &timeout, NULL);
        if (count < 0 && errno != EINTR) stop("epoll");
        for (int i = 0; i < count; i++) {
            Connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT && !c->free) flush(c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(c);
        }
        if (count > 0) last = now();
    }
    printf("{\"seconds\": %.6f, \"sent\": %ld, \"failed\": %ld, ", (last - started) / 1e9, sent, sent - answered);
    printf("\"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, ", percentile(.5), percentile(.99), percentile(.999));
    printf("\"statuses\": {");
    const char *comma = "";
    for (int i = 0; i < 1000; i++)
        if (statuses[i]) printf("%s\"%d\": %ld", comma, i, statuses[i]), comma = ", ";
    printf("}}\n");
}
