/** Made by vite.config.ts from docs/api/openapi.yaml. */
declare module 'virtual:schemas' {
  interface Text {
    readonly minLength: number;
    readonly maxLength: number;
  }
  export const PollInput: {
    readonly properties: {
      readonly title: Text;
      readonly description: Text;
      readonly options: {
        readonly minItems: number;
        readonly maxItems: number;
        readonly items: Text;
      };
      readonly tags: { readonly maxItems: number };
    };
  };
  export const Tag: { readonly pattern: string };
}
