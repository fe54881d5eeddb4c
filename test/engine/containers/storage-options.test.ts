import { describe, expect, it } from "vitest";
import { refuseStorageOptions } from "../../../src/engine/containers/storage-options.ts";

const PQUOTA = "--storage-opt is supported only for overlay over xfs with 'pquota' mount option";

describe("options for the writable layer", () => {
  it.each([
    [{ size: "1G" }, PQUOTA],
    [{ size: "" }, PQUOTA],
    [{ colour: "red", Size: "1" }, PQUOTA],
    [{ Colour: "red" }, "Unknown option colour"],
  ])("%j are refused", (StorageOpt, message) => {
    expect(() => refuseStorageOptions({ StorageOpt })).toThrow(
      expect.objectContaining({ kind: "failed", message }) as Error,
    );
  });

  it.each([{}, { StorageOpt: null }, { StorageOpt: {} }])("%j asks for none", (host) => {
    expect(() => refuseStorageOptions(host)).not.toThrow();
  });
});
