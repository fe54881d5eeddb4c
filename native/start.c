#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "sealed-copy.h"
#include "start.h"

enum { FIRST_CONNECTION = 3 };

static struct shim *reporting_shim;

static void report(int code, const char *text) {
  shim_abandon(reporting_shim, code, text);
}

static void connect_first(struct shim *shim, const struct specification *specification, int connection) {
  *shim = (struct shim){
      .specification = specification,
      .channel = -1,
      .signals = -1,
      .listener = -1,
      .output = {-1, -1},
      .input = -1,
      .terminal = -1,
      .log = {.fd = -1},
      .oom = {.fd = -1},
  };
  shim->first = connection_add(&shim->connections, connection);
  reporting_shim = shim;
  fail_through(report);
}

static void become_shim(struct shim *shim) {
  const struct specification *specification = shim->specification;
  prctl(PR_SET_NAME, "slipway-shim");
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) fail("/dev/null");
  close(null);
  if (setsid() < 0 && errno != EPERM) fail("setsid"); // EPERM: the engine has seen to it
  if (specification->rootless) enter_user_namespace(specification->anchor);
  if (specification->dir != NULL && chdir(specification->dir) < 0) fail(specification->dir);
  log_open(&shim->log, specification->log, specification->log_size_limit, specification->log_files);
  shim_reserve_exit(shim);
  shim_take_signals(shim);
  shim_listen(shim);
}

void start_shim(struct shim *shim, struct specification *specification, char **argv) {
  int type;
  socklen_t size = sizeof type;
  if (getsockopt(FIRST_CONNECTION, SOL_SOCKET, SO_TYPE, &type, &size) < 0) failf("control connection", "descriptor 3 is not a socket");
  connect_first(shim, specification, FIRST_CONNECTION);
  specification_read(specification, STDIN_FILENO);
  if (!sealed_copy_is_running()) {
    if (fcntl(FIRST_CONNECTION, F_SETFD, 0) < 0) fail("control connection");
    sealed_copy_execute(argv, specification->anchor, specification->text, specification->length);
  }
  become_shim(shim);
}

void start_shim_for(struct shim *shim, struct specification *specification, int connection, const struct request *request) {
  connect_first(shim, specification, connection);
  specification_parse(specification, request->text, request->length);
  become_shim(shim);
}

void start_release(int child_stdio[3]) {
  for (int fd = 0; fd < 3; fd++)
    if (child_stdio[fd] >= 0) close(child_stdio[fd]);
}
