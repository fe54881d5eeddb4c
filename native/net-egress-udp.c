// Datagrams that leave: each pair of a container's port and where it writes to is a flow, with one socket towards the container, which
// answers from the address that the container has written to, and one of the host's. A flow ends when nothing has come or gone for a while.
#define _GNU_SOURCE
#include "net-egress.h"
#include "net-icmp.h"
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  IDLE = 60 * 1000,    // milliseconds
  FLOWS = 8192,        // of all containers; beyond it the one idle for longest goes
  FLOWS_EACH = 1024,   // of one container; beyond it, of its own, the one idle for longest goes
  BUCKETS = 4096,
  DATAGRAMS = 64,      // taken from one socket in one turn
  DATAGRAM_SIZE = 65536,
  UDP_HEADER = 8,
};

struct outlet {
  struct watch watch;
  bool (*way)(const struct sockaddr_storage *destination, struct way_out *way);
};

struct flow {
  struct watch inner, outer; // towards the container, towards the world
  struct aged aged;
  struct flow *next; // in its bucket
  struct sockaddr_storage container, destination;
};

static void flow_expired(struct aged *member);

static struct age_list flows = {.lifetime = IDLE, .expired = flow_expired};
static struct flow *buckets[BUCKETS];
static uint16_t counts[BUCKETS]; // flows by container, or by containers that hash alike
static size_t flow_count;
static int keeper = -1;
static char datagram[DATAGRAM_SIZE];

static uint32_t hash(const void *bytes, size_t length, uint32_t hash) {
  for (size_t i = 0; i < length; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 16777619u;
  return hash;
}

static uint32_t hash_of(const struct sockaddr_storage *address, bool with_port, uint32_t start) {
  if (address->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const void *)address;
    start = hash(&v6->sin6_addr, sizeof v6->sin6_addr, start);
    return with_port ? hash(&v6->sin6_port, sizeof v6->sin6_port, start) : start;
  }
  const struct sockaddr_in *v4 = (const void *)address;
  start = hash(&v4->sin_addr, sizeof v4->sin_addr, start);
  return with_port ? hash(&v4->sin_port, sizeof v4->sin_port, start) : start;
}

static struct flow **bucket_of(const struct sockaddr_storage *container, const struct sockaddr_storage *destination) {
  return &buckets[hash_of(destination, true, hash_of(container, true, 2166136261u)) % BUCKETS];
}

static uint16_t *count_of(const struct sockaddr_storage *container) {
  return &counts[hash_of(container, false, 2166136261u) % BUCKETS];
}

static bool same(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  return a->ss_family == b->ss_family && memcmp(a, b, address_length(a)) == 0;
}

static void end(struct flow *flow) {
  struct flow **link = bucket_of(&flow->container, &flow->destination);
  while (*link != flow) link = &(*link)->next;
  *link = flow->next;
  --*count_of(&flow->container);
  flow_count--;
  age_end(&flows, &flow->aged);
  watch_end(&flow->inner);
  watch_end(&flow->outer);
  loop_bury(flow);
}

static void flow_expired(struct aged *member) { end(CONTAINER_OF(member, struct flow, aged)); }

// A datagram that cannot be sent is lost, as datagrams may be; an error of an earlier one is read off on the way.
static void pass_on(struct flow *flow, int from, int to) {
  for (int i = 0; i < DATAGRAMS; i++) {
    ssize_t length = recv(from, datagram, sizeof datagram, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) break;
    if (length >= 0) (void)!send(to, datagram, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  age_start(&flows, &flow->aged);
}

static void inner_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct flow *flow = CONTAINER_OF(watch, struct flow, inner);
  pass_on(flow, flow->inner.fd, flow->outer.fd);
}

static uint16_t port_of(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                        : ((const struct sockaddr_in *)address)->sin_port;
}

static bool is_of(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  if (a->ss_family != b->ss_family) return false;
  if (a->ss_family == AF_INET) return ((const struct sockaddr_in *)a)->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
  return !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr, 16);
}

// The container is told what became of its datagrams. What the one written to says itself, it says from the address it was written to.
static void pass_errors_on(struct flow *flow) {
  struct sockaddr_storage target = {0}, offender;
  socklen_t length = sizeof target;
  struct icmp_error error;
  bool known = getpeername(flow->outer.fd, (struct sockaddr *)&target, &length) == 0;
  for (ssize_t size; (size = icmp_receive_error(flow->outer.fd, (unsigned char *)datagram, sizeof datagram, &error, &offender)) >= 0;) {
    if (error.type == 0) continue;
    struct icmp_packet packet = {flow->container, flow->destination, (uint16_t)(size + UDP_HEADER), {0}, IPPROTO_UDP};
    const uint16_t header[] = {port_of(&flow->container), port_of(&flow->destination), htons(packet.length), 0};
    memcpy(packet.start, header, sizeof header);
    icmp_tell_error(&packet, &error, known && is_of(&offender, &target) ? &flow->destination : &offender);
  }
}

static void outer_ready(struct watch *watch, uint32_t events) {
  struct flow *flow = CONTAINER_OF(watch, struct flow, outer);
  if (events & EPOLLERR) pass_errors_on(flow);
  pass_on(flow, flow->outer.fd, flow->inner.fd);
}

static struct flow *find(const struct sockaddr_storage *container, const struct sockaddr_storage *destination) {
  struct flow *flow = *bucket_of(container, destination);
  while (flow && !(same(&flow->container, container) && same(&flow->destination, destination))) flow = flow->next;
  return flow;
}

static int connect_out(const struct way_out *way) {
  int fd = way_socket(way, SOCK_DGRAM);
  if (fd >= 0 && connect(fd, (const struct sockaddr *)&way->target, address_length(&way->target)) == 0) {
    icmp_want_errors(fd, way->target.ss_family);
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

static struct flow *discard(struct flow *flow) {
  if (flow->inner.fd >= 0) close(flow->inner.fd);
  if (flow->outer.fd >= 0) close(flow->outer.fd);
  free(flow);
  return NULL;
}

// False: it has none, only the same number in the table of counts as another.
static bool end_oldest_of(const struct sockaddr_storage *container) {
  for (struct aged *member = flows.oldest; member; member = member->younger) {
    struct flow *flow = CONTAINER_OF(member, struct flow, aged);
    if (!is_of(&flow->container, container)) continue;
    end(flow);
    return true;
  }
  return false;
}

static struct flow *add(const struct sockaddr_storage *container, const struct sockaddr_storage *destination,
                        const struct way_out *way) {
  if (*count_of(container) >= FLOWS_EACH && !end_oldest_of(container)) return NULL;
  if (flow_count >= FLOWS) end(CONTAINER_OF(flows.oldest, struct flow, aged));
  struct flow *flow = calloc(1, sizeof *flow);
  if (!flow) return NULL;
  flow->container = *container;
  flow->destination = *destination;
  flow->outer = (struct watch){outer_ready, connect_out(way)};
  flow->inner = (struct watch){inner_ready, -1};
  if (flow->outer.fd < 0) return discard(flow);
  flow->inner.fd = egress_answering_socket(keeper, destination, container);
  if (flow->inner.fd < 0) return discard(flow);
  if (!watch_start(&flow->outer, EPOLLIN) || !watch_start(&flow->inner, EPOLLIN)) return discard(flow);
  struct flow **bucket = bucket_of(container, destination);
  flow->next = *bucket;
  *bucket = flow;
  ++*count_of(container);
  flow_count++;
  return flow;
}

static bool read_destination(struct msghdr *message, struct sockaddr_storage *destination) {
  *destination = (struct sockaddr_storage){0};
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_ORIGDSTADDR)
      memcpy(destination, CMSG_DATA(part), sizeof(struct sockaddr_in));
    else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_ORIGDSTADDR)
      memcpy(destination, CMSG_DATA(part), sizeof(struct sockaddr_in6));
  }
  return destination->ss_family != AF_UNSPEC;
}

// The first datagrams of a flow come here; the later ones to its own socket.
static void outlet_ready(struct watch *watch, uint32_t events) {
  (void)events;
  const struct outlet *outlet = CONTAINER_OF(watch, struct outlet, watch);
  for (int i = 0; i < DATAGRAMS; i++) {
    struct sockaddr_storage container = {0}, destination;
    struct way_out way;
    char control[256];
    struct iovec part = {datagram, sizeof datagram};
    struct msghdr message = {.msg_name = &container, .msg_namelen = sizeof container, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(watch->fd, &message, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) return;
    if (length < 0 || !read_destination(&message, &destination)) continue;
    struct flow *flow = find(&container, &destination);
    if (!flow && outlet->way(&destination, &way)) flow = add(&container, &destination, &way);
    if (!flow) continue;
    age_start(&flows, &flow->aged);
    (void)!send(flow->outer.fd, datagram, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
}

void egress_carry_datagrams(const struct egress_listener *listener, int channel) {
  struct outlet *outlet = calloc(1, sizeof *outlet);
  if (!outlet) fail("outgoing datagrams");
  if (keeper < 0) age_list_register(&flows);
  keeper = channel;
  *outlet = (struct outlet){{outlet_ready, listener->fd}, listener->gateway ? way_to_host : way_to_outside};
  if (!watch_start(&outlet->watch, EPOLLIN)) fail("watch outgoing datagrams");
}
