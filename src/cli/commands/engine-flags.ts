import { flag, integer, value } from "../options.ts";
import type { ProgramBuilder } from "../program.ts";

/** Adds `engine` with its subcommands. */
export function addEngineCommands({ program, action }: ProgramBuilder): void {
  const engine = program.command("engine").description("look after the bundled engine");
  engine
    .command("start")
    .description("start it; commands do that by themselves when they need it")
    .action(action(async () => (await import("./engine.ts")).runEngineStart));
  engine
    .command("stop")
    .description("stop its containers, then end it")
    .action(action(async () => (await import("./engine.ts")).runEngineStop));
  engine
    .command("status")
    .description("show whether it runs, and what the kernel grants and refuses")
    .addOption(value("--format <format>", "text or json"))
    .action(action(async () => (await import("./engine.ts")).runEngineStatus));
  engine
    .command("logs")
    .description("show its log")
    .addOption(flag("-f, --follow", "go on with what comes"))
    .addOption(integer("-n, --tail <lines>", "only that many lines from the end"))
    .action(action(async () => (await import("./engine.ts")).runEngineLogs));
  engine
    .command("env")
    .description('print the line that points other Docker clients to it: eval "$(slipway engine env)"')
    .action(action(async () => (await import("./engine.ts")).runEngineEnv));
}
