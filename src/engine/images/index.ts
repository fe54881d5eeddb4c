/** Images: what the API says of them, and the roots that containers get from them. */
export { openImages } from "./images.ts";
