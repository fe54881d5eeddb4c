// How much of what a client sends is taken before it is refused or slowed down.

/** Bytes of request line and header fields together; more is answered with 431. */
export const HEAD_LIMIT = 32 * 1024;

/** Bytes read ahead of whoever consumes them; beyond it the socket is paused. */
export const READ_AHEAD = 64 * 1024;

/** Bytes of a body nobody wanted that are read and thrown away to keep the connection; with more it is closed instead. */
export const DISCARD_LIMIT = 256 * 1024;

/** Bytes of a JSON body. */
export const JSON_LIMIT = 8 * 1024 * 1024;

/** Bytes of one chunk's size line, and of the trailer fields after the last chunk. */
export const CHUNK_LINE_LIMIT = 4 * 1024;

/** Milliseconds a client has to close its side after the last reply of a connection. */
export const LINGER = 2000;

/** Milliseconds for a request's head to be whole, from its first byte on, or from when the connection was made; late ones are answered with 408. */
export const HEAD_PATIENCE = 60_000;

/** The same for a body that is wanted whole, and for one that is thrown away. A body that is read as a stream takes as long as it takes. */
export const BODY_PATIENCE = 60_000;
