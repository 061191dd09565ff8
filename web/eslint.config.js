import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

export default ts.config(
  { ignores: ['src/generated/**', 'build/**', 'node_modules/**'] },
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: { allowDefaultProject: ['*.js', 'scripts/*.mjs', 'vite.config.ts'] }, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      'max-lines': ['error', 400],
      'no-console': 'error',
      eqeqeq: 'error',
      // There are none, so that nothing has to be asked of them, which would be a fifth of all the time.
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'A union of texts says it plainly.' }],
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // State holds maps that are never changed but replaced whole.
      'svelte/prefer-svelte-reactivity': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } } },
  { files: ['*.js', 'scripts/*.mjs'], extends: [ts.configs.disableTypeChecked], languageOptions: { globals: { ...globals.node } } },
)
