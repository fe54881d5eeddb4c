/** Named and anonymous volumes: what the API says of them, and what containers mount. */
export { openVolumes } from "./volumes.ts";
