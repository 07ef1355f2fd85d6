/* Floor: accepts clients, and writes each frame that comes on standard input to all of them.
   A frame is its length (four bytes, host order) and so many bytes. Loopback only. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 20000, LONGEST = 1 << 20 };

static int clients[MOST];
static int count;
static char frame[LONGEST];

static void whole(int from, char *to, size_t size)
{
    while (size > 0) {
        ssize_t got = read(from, to, size);
        if (got <= 0)
            exit(0);
        to += got;
        size -= got;
    }
}

static void leave(int client)
{
    for (int i = 0; i < count; i++)
        if (clients[i] == client)
            clients[i] = clients[--count];
    close(client);
}

int main(int argc, char **argv)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n8\r\n: open\n\n\r\n";
    struct sockaddr_in here = {.sin_family = AF_INET};
    struct epoll_event ready[256], input = {.events = EPOLLIN, .data.fd = 0};
    int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);

    signal(SIGPIPE, SIG_IGN);
    here.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) {
        perror("floor");
        return 1;
    }
    epoll_ctl(poll, EPOLL_CTL_ADD, 0, &input);
    input.data.fd = listener;
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &input);
    puts("listening");
    fflush(stdout);
    for (;;) {
        int found = epoll_wait(poll, ready, 256, -1);
        for (int i = 0; i < found; i++) {
            int fd = ready[i].data.fd;
            if (fd == 0) {
                uint32_t size;
                whole(0, (char *)&size, sizeof size);
                if (size > LONGEST)
                    return 1;
                whole(0, frame, size);
                for (int c = 0; c < count; c++)
                    if (write(clients[c], frame, size) != (ssize_t)size)
                        fprintf(stderr, "a client takes no more\n");
            } else if (fd == listener) {
                int client = accept(listener, NULL, NULL);
                if (client < 0 || count == MOST)
                    continue;
                input.data.fd = client;
                epoll_ctl(poll, EPOLL_CTL_ADD, client, &input);
                clients[count++] = client;
            } else {
                char request[4096];
                if (read(fd, request, sizeof request) <= 0)
                    leave(fd);
                else if (write(fd, head, sizeof head - 1) < 0)
                    leave(fd);
            }
        }
    }
}
