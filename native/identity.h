// Who the container's process is: ids from its own /etc/passwd and /etc/group.
#pragma once
#include "specification.h"

struct identity {
  uid_t uid;
  gid_t gid;
  gid_t *groups;
  size_t group_count;
  char home[4096];
};

// Reads the files below `root`. Fails when a name is not in them; warns on the channel, and takes root instead, when the user namespace
// has no other id.
void identity_resolve(struct identity *identity, const struct specification *specification, int root);
// Takes the ids on. Capabilities other than those of uid 0 end with it.
void identity_assume(const struct identity *identity);
