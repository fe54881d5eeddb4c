/** What was sent is not a request this server can answer; the connection ends after the reply. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "HttpError";
    this.status = status;
  }
}

/** The client went away before it had sent what it announced; there is nobody to answer. */
export class DisconnectedError extends Error {
  constructor() {
    super("the client closed the connection in the middle of its request");
    this.name = "DisconnectedError";
  }
}
