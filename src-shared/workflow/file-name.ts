/** How the files of workflows end. */
export const workflowExtension = '.heddle.json';

/** The name of the file, without folder, for a workflow of this name: the same words, without what file systems refuse. Where it is taken, `attempt` counts on. */
export function toWorkflowFileName(name: string, attempt = 1): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{Cc}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
    .slice(0, 80)
    .trim();
  return `${plain === '' ? 'Workflow' : plain}${attempt === 1 ? '' : ` ${attempt}`}${workflowExtension}`;
}
