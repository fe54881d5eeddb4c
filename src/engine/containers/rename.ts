// Giving a container another name.
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";
import { parseContainerName } from "./names.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";

/** It has the old one again when that fails. Throws EngineError for a name that is none, is taken, or is the same. */
export async function renameContainer(parts: Parts, container: Container, text: string): Promise<void> {
  if (text === "") throw new EngineError("invalid", "Neither old nor new names may be empty");
  const name = parseContainerName(text);
  await container.exclusive(async () => {
    const old = container.saved.name;
    if (name === old) {
      throw new EngineError("invalid", "Renaming a container with the same name as its current name");
    }
    parts.store.reserve(name, container.id);
    try {
      await saveName(parts, container, name);
    } catch (error) {
      parts.store.release(name);
      await saveName(parts, container, old);
      throw error;
    }
    parts.store.release(old);
    emitContainer(parts, container, "rename", { oldName: `/${old}` });
  });
}

/** The names that networks know it by are part of its record. */
async function saveName(parts: Parts, container: Container, name: string): Promise<void> {
  container.saved.name = name;
  await parts.networking.renamed(container.member, container.saved.endpoints);
  await parts.store.save(container);
}
