// `starter`: starts shims for the engine, each a fork of this process: it is small, runs from the sealed copy and is in the anchor's user
// namespace already, so that a start costs neither a copy of the engine's page tables nor an execution. It ends with the engine; the shims
// do not.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "command-line.h"
#include "connection.h"
#include "fail.h"
#include "request.h"
#include "sealed-copy.h"
#include "start.h"

// What the engine asks for, by the first frame of a connection.
enum { RUN = 'R', EXEC = 'E', REMOVE = 'D' };

static int listen_at(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(name) >= sizeof address.sun_path) failf(name, "the name is too long");
  strcpy(address.sun_path, name);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket");
  if (unlink(name) < 0 && errno != ENOENT) fail(name);
  mode_t mask = umask(0177);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, SOMAXCONN) < 0) fail(name);
  umask(mask);
  return fd;
}

// The log may have been begun anew since the last start.
static void reopen_log(const char *path) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return; // the one from before still takes what there is to say
  dup2(fd, STDERR_FILENO);
  close(fd);
}

static int answering;

static void answer(char type, const char *text) {
  struct connection *list = NULL;
  connection_send(connection_add(&list, answering), type, text, strlen(text));
}

static void report(int code, const char *text) {
  (void)code;
  answer('F', text);
  _exit(1);
}

static int remove_trees(int connection, const struct request *request) {
  answering = connection;
  fail_through(report);
  struct list paths = {0};
  for (char *at = request->text, *end = at + request->length; at < end; at += strlen(at) + 1) list_add(&paths, at);
  int status = command_rm((int)paths.count, paths.items);
  answer('X', "0");
  return status;
}

// One request, in a process of its own.
static int serve(int connection, char **argv, const char *log) {
  reopen_log(log);
  struct request request;
  if (!request_receive(connection, &request)) return 1; // the engine has gone
  if (request.type == REMOVE) return remove_trees(connection, &request);
  command_line_show_as_shim(argv);
  if (request.type == RUN) return run_for(connection, &request);
  if (request.type == EXEC) return exec_for(connection, &request);
  return 1;
}

static void start_one(int listener, char **argv, const char *log) {
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) return; // it has gone again
  pid_t pid = fork();
  if (pid == 0) {
    close(listener);
    close(STDIN_FILENO);
    signal(SIGCHLD, SIG_DFL);
    _exit(serve(connection, argv, log));
  }
  if (pid < 0) fprintf(stderr, "slipway-native: starter: fork: %s\n", strerror(errno)); // and the engine is told by the connection's end
  close(connection);
}

// Arguments: the engine's log, the folder and the name of the socket.
// Before it is ready, whoever has started it reads what it prints.
static void report_start(int code, const char *text) {
  (void)code;
  dprintf(STDOUT_FILENO, "%s\n", text);
  _exit(1);
}

int command_starter(int argc, char **argv) {
  fail_through(report_start);
  if (argc < 5) failf("usage", "starter --anchor PID [--rootless] LOG FOLDER SOCKET");
  const char *log = argv[argc - 3], *folder = argv[argc - 2], *name = argv[argc - 1];
  if (!sealed_copy_is_running()) sealed_copy_execute(argv, anchor_pid, NULL, 0);
  prctl(PR_SET_NAME, "slipway-starter");
  if (anchor_rootless) enter_user_namespace(anchor_pid);
  if (chdir(folder) < 0) fail(folder);
  int listener = listen_at(name);
  if (chdir("/") < 0) fail("/");
  signal(SIGCHLD, SIG_IGN); // nobody asks how they ended
  if (write(STDOUT_FILENO, "ready\n", 6) != 6) fail("saying so");
  fail_through(NULL);
  close(STDOUT_FILENO);
  if (open("/dev/null", O_RDWR) != STDOUT_FILENO) return 1;
  for (;;) {
    struct pollfd set[] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    if (poll(set, 2, -1) < 0 && errno != EINTR) fail("poll");
    if (set[1].revents != 0) return 0; // the engine has ended
    if (set[0].revents != 0) start_one(listener, argv, log);
  }
}
