import assert from "node:assert/strict";
import { relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import {
  isClassDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isVariableStatement,
} from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/sync";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = `${ROOT}src/`;

interface Declaration {
  name: string;
  file: string;
  isExported: boolean;
  isClass: boolean;
}

/** What a file declares for all of it. */
function declarationsIn(source: SourceFile): Declaration[] {
  const file = relative(SOURCES, source.fileName);
  return source.statements.flatMap((statement) => {
    const named =
      isClassDeclaration(statement) ||
      isFunctionDeclaration(statement) ||
      isInterfaceDeclaration(statement) ||
      isTypeAliasDeclaration(statement);
    if (!named && !isVariableStatement(statement)) return [];
    const nodes = named
      ? [statement.name]
      : statement.declarationList.declarations.map(({ name }) => name);
    const isExported =
      statement.modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword) ?? false;
    const isClass = isClassDeclaration(statement);
    return nodes.flatMap((node) =>
      node && isIdentifier(node) ? [{ name: node.text, file, isExported, isClass }] : [],
    );
  });
}

function allDeclarations(): Declaration[] {
  const api = new API({ cwd: ROOT });
  try {
    const [project] = api.updateSnapshot({ openProject: `${ROOT}tsconfig.json` }).getProjects();
    assert.ok(project);
    const files = project.rootFiles.filter((file) => file.startsWith(SOURCES));
    return files.flatMap((file) => {
      const source = project.program.getSourceFile(file);
      assert.ok(source, file);
      return declarationsIn(source);
    });
  } finally {
    api.close();
  }
}

test("what is exported, and every class, has a name that no other file declares", () => {
  const files = new Map<string, string[]>();
  const all = allDeclarations();
  assert.ok(all.length > 500, `found ${all.length} declarations`);
  for (const { name, file } of all) files.set(name, [...(files.get(name) ?? []), file]);
  const shared = all.filter(({ name, isExported, isClass }) => {
    const own = new Set(files.get(name));
    return (isExported || isClass) && own.size > 1;
  });
  assert.deepEqual(
    shared.map(({ name, file }) => `${name} in ${file}`),
    [],
  );
});
