import ReactMarkdown, { type Components } from 'react-markdown';

/** Markdown as text: no raw HTML, no images from elsewhere, links open outside. */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="flex flex-col gap-2 text-13 leading-5 break-words [&_li]:mt-0.5">
      <ReactMarkdown skipHtml components={components} disallowedElements={['img']}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

const components: Components = {
  h1: ({ children }) => <h3 className="mt-2 text-15 font-semibold">{children}</h3>,
  h2: ({ children }) => <h4 className="mt-2 text-13 font-semibold">{children}</h4>,
  h3: ({ children }) => <h5 className="mt-1 text-13 font-semibold text-ink-2">{children}</h5>,
  ul: ({ children }) => <ul className="list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal pl-5">{children}</ol>,
  blockquote: ({ children }) => <blockquote className="border-l-2 border-line-strong pl-3 text-ink-2">{children}</blockquote>,
  code: ({ children }) => <code className="rounded-sm bg-surface-3 px-1 font-mono text-12">{children}</code>,
  pre: ({ children }) => (
    <pre className="overflow-x-auto rounded-md border border-line bg-canvas p-2 [&_code]:bg-transparent [&_code]:p-0">{children}</pre>
  ),
  a: ({ children, href }) => (
    <a href={href} target="_blank" rel="noreferrer noopener" className="text-accent underline">
      {children}
    </a>
  ),
};
