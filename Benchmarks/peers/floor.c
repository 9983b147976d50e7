// The floor: what a redirect costs that is recorded and does nothing else. One thread, epoll, `recv`, one `pwrite` of
// 300 bytes, `send` of a fixed answer. It reads no request but for its end, and knows no link.
//
// usage: floor PORT FILE

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 302 Found\r\nLocation: https://example.com/destination/of/a/link\r\n"
                             "Cache-Control: no-store\r\nContent-Length: 0\r\n\r\n";

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: floor PORT FILE\n"), 2;
    struct sockaddr_in address = {AF_INET, htons(atoi(argv[1])), {htonl(INADDR_LOOPBACK)}, {0}};
    int file = open(argv[2], O_CREAT | O_RDWR, 0600), on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (file < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024))
        return perror("floor"), 1;
    int loop = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.fd = listener}}, events[256];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    char bytes[8192], click[300] = {0};
    for (off_t place = 0;;) {
        int count = epoll_wait(loop, events, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                while ((event.data.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    epoll_ctl(loop, EPOLL_CTL_ADD, event.data.fd, &event);
                }
                continue;
            }
            long size = recv(fd, bytes, sizeof bytes, 0);
            if (size > 4 && !memcmp(bytes + size - 4, "\r\n\r\n", 4)) {
                if (pwrite(file, click, sizeof click, place) != sizeof click) return perror("floor"), 1;
                place = (place + sizeof click) % (64 << 20);
                send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
            }
            if (size <= 0 || memmem(bytes, size, "Connection: close", 17)) close(fd);
        }
    }
}
