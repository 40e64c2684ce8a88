import { useEffect, useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { ExportList } from '#shared/contract/bundles.ts';
import { toCallError } from '../../state/call-error.ts';
import { getApi } from '../../state/connection.ts';
import { saveEdits } from '../../state/pending-edits.ts';

/** What an export of a workflow holds; asked anew for each path, after its edits are saved. */
export function useExportList(path: string | null): { readonly list: ExportList | null; readonly error: ErrorInfo | null } {
  const [answer, setAnswer] = useState<{ readonly list: ExportList | null; readonly error: ErrorInfo | null }>({ list: null, error: null });
  useEffect(() => {
    if (path === null) return;
    let isCurrent = true;
    setAnswer({ list: null, error: null });
    saveEdits(path)
      .then(() => getApi().bundle.list({ path }))
      .then(
        (list) => isCurrent && setAnswer({ list, error: null }),
        (thrown: unknown) => isCurrent && setAnswer({ list: null, error: toCallError(thrown) }),
      );
    return () => {
      isCurrent = false;
    };
  }, [path]);
  return answer;
}
