// Waiting with a limit.

/** Longest delay a timer of Node can have. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** True when the promise settled in time. */
export async function withinSeconds(promise: Promise<void>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(seconds * 1000, LONGEST_DELAY));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
