// Images as the Docker Engine API inspects and lists them.
import type { ContainerConfig } from "./container-config.ts";

export interface ImageInspect {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Created: string;
  Size: number;
  Os: string;
  Architecture: string;
  Config: ContainerConfig;
  RootFS: { Type: "layers"; Layers: string[] };
  [key: string]: unknown;
}

export interface ImageSummary {
  Id: string;
  ParentId: string;
  RepoTags: string[];
  RepoDigests: string[];
  Created: number;
  Size: number;
  SharedSize: number;
  Containers: number;
  Labels: Record<string, string> | null;
}
