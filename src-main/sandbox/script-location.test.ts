import { describe, expect, it } from 'vitest';
import { locateSyntaxError, locateThrown } from './script-location.ts';

describe('locateThrown', () => {
  it('takes the first frame that lies in the script', () => {
    const stack =
      'Error: x\n    at JSON.parse (<anonymous>)\n    at f (heddle-script.js:3:7)\n    at heddle-script.js:9:1\n    at start (sandbox:94:25)';
    expect(locateThrown(stack)).toEqual({ line: 3, column: 7 });
  });

  it('knows nothing without one, or when the numbers are forged', () => {
    expect(locateThrown('Error: x\n    at start (sandbox:94:25)')).toEqual({});
    expect(locateThrown('heddle-script.js:99999999999999999999:1')).toEqual({});
  });
});

describe('locateSyntaxError', () => {
  it('takes the place out of the message', () => {
    expect(locateSyntaxError("Unexpected token ';' [heddle-script.js:2:9]", 'a\nlet x = ;')).toEqual({
      message: "Unexpected token ';'",
      line: 2,
      column: 9,
    });
  });

  it('puts what lies beyond the last line at its end', () => {
    expect(locateSyntaxError("Unexpected token ')' [heddle-script.js:3:2]", 'a\nif (x) {')).toEqual({
      message: 'Unexpected end of the script: a bracket, a quotation or a comment is not closed.',
      line: 2,
      column: 9,
    });
  });
});
