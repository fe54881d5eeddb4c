// The Go templates of `--format`.
import { expect, it } from "vitest";
import { readTemplate } from "../../src/cli/render/template.ts";

const data = {
  Name: "demo-web-1",
  State: "running",
  ExitCode: 0,
  Publishers: [{ URL: "0.0.0.0", TargetPort: 80 }],
  Nested: { Deep: "here" },
  Label: (key: string) => (key === "a.b" ? "labelled" : ""),
};

it.each([
  ["{{.Name}}", "demo-web-1"],
  ["{{ .Name }}: {{ .State }}", "demo-web-1: running"],
  ["{{.Name}}\\t{{.State}}\\n", "demo-web-1\trunning\n"],
  ["a \n {{- .Name -}} \n b", "ademo-web-1b"],
  ["{{.ExitCode}}", "0"],
  ["{{.Nested.Deep}}", "here"],
  ["{{json .Publishers}}", '[{"URL":"0.0.0.0","TargetPort":80}]'],
  ["{{json .Nested}}", '{"Deep":"here"}'],
  ["{{.State | upper}}", "RUNNING"],
  ["{{title .State | printf}}", 'template: {{title .State | printf}}: "printf" is not supported'],
  ["{{title .State}}", "Running"],
  ["{{upper .Name | lower | json}}", '"demo-web-1"'],
  ['{{.Label "a.b"}}{{.Label `none`}}', "labelled"],
  [
    '{{join (split .Name "-") "/"}}',
    'template: {{join (split .Name "-") "/"}}: cannot be read from "(split .Name "-") "/"" on',
  ],
  ['{{split .Name "-" | json}}', '["demo","web","1"]'],
  ["{{truncate .Name 4}}|{{pad .State 1 2}}|{{len .Publishers}}", "demo| running  |1"],
  ['{{print "a" "\\n" "b"}}', "a\nb"],
  ["plain", "plain"],
  [
    "{{.Nam}}",
    'template: {{.Nam}}: there is no "Nam"; fields are Name, State, ExitCode, Publishers, Nested, Label',
  ],
  [
    "{{.Name.First}}",
    'template: {{.Name.First}}: there is no "First"; fields are Name, State, ExitCode, Publishers, Nested, Label',
  ],
  ["{{if .Name}}yes{{end}}", 'template: {{if .Name}}: "if" is not supported'],
  ["{{.Name .State}}", 'template: {{.Name .State}}: ".Name" takes no arguments'],
  ["{{}}", "template: {{}}: there is nothing to show"],
  ["{{.Name | }}", "template: {{.Name |}}: there is nothing to show"],
  ["{{.Name", "template: an action is not closed: {{.Name"],
  ['{{print "\\q"}}', 'template: {{print "\\q"}}: "\\q" is not a string'],
])("%j is %j", (template, expected) => {
  const outcome = (): string => {
    try {
      return readTemplate(template)(data);
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(outcome()).toBe(expected);
});
