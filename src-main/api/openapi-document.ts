import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from '#shared/contract/contract.ts';

/** The OpenAPI document of the REST interface, made from the contract. */
export async function createOpenApiDocument(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return generator.generate(contract, {
    info: {
      title: 'Heddle',
      version,
      description:
        'Workflows, runs and approvals of one workspace. A refusal is status 422 with `code: REFUSED` and an error of ours as `data`. Streams are server-sent events; `Last-Event-ID` or `afterSeq` resumes them.',
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
  });
}
