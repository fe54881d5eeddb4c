import { EngineClientError } from "../client/index.ts";

/** The answer, or undefined where the container is gone, or going. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const gone =
      error instanceof EngineClientError && (error.code === "not-found" || error.code === "conflict");
    if (gone) return undefined;
    throw error;
  }
}
