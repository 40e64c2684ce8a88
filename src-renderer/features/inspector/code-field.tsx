import { CodeBox } from '../../ui/code-box.tsx';
import type { FieldProps } from './field-props.ts';

/** A field of a node that holds code. */
export function CodeField({ value, ...props }: FieldProps & { readonly language: string }) {
  return <CodeBox {...props} value={typeof value === 'string' ? value : ''} />;
}
