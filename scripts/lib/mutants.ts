import ts from 'typescript';

/** A file with one small mistake in it. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** What stood there, and what stands there now. */
  readonly words: string;
  readonly text: string;
}

const swapped: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
};

/** Every mistake that the table makes in a file: turned comparisons and conditions, swapped arithmetic, lost statements, properties and branches. */
export function listMutants(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2024, true);
  const mutants: Mutant[] = [];

  function plant(node: ts.Node, replacement: string): void {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const before = text.slice(start, node.end).replaceAll(/\s+/g, ' ').slice(0, 70);
    mutants.push({
      file,
      line,
      words: `${before} → ${replacement.slice(0, 70) || 'nothing'}`,
      text: text.slice(0, start) + replacement + text.slice(node.end),
    });
  }

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const operator = swapped[node.operatorToken.kind];
      if (operator !== undefined) plant(node.operatorToken, operator);
    }
    if (ts.isIfStatement(node)) {
      plant(node.expression, 'true');
      plant(node.expression, 'false');
    }
    if (ts.isConditionalExpression(node)) {
      plant(node, node.whenTrue.getText(source));
      plant(node, node.whenFalse.getText(source));
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) plant(node, 'false');
    if (node.kind === ts.SyntaxKind.FalseKeyword) plant(node, 'true');
    if (ts.isExpressionStatement(node)) plant(node, ';');
    if (ts.isPropertyAssignment(node) && ts.isObjectLiteralExpression(node.parent) && node.parent.properties.some(ts.isSpreadAssignment)) {
      // Beside a spread: what should have changed stays as it was.
      plant(node, '...{}');
    }
    ts.forEachChild(node, visit);
  }

  visit(source);
  return mutants;
}
