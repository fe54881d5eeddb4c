// Healthy means: this service answers.
import { get } from "node:http";

const request = get("http://127.0.0.1:8000/health", { timeout: 3000 }, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1);
});
request.on("timeout", () => request.destroy(new Error("no answer within 3 seconds")));
request.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
