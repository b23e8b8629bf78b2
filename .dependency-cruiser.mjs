// The import rule of the house (README.md, "Layout"). A breach fails `npm test`.
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'ports-stand-alone',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: ['^src/(?!ports/)', '^connectors/'] },
    },
    {
      name: 'db-knows-no-business',
      severity: 'error',
      from: { path: '^src/db/' },
      to: { path: ['^src/(?!(db|ports|generated)/)', '^connectors/'] },
    },
    {
      name: 'domain-sees-ports-and-db',
      comment: 'Job names and payload schemas stand in jobs/catalog.ts so that enqueuing imports no handler.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: ['^src/(?!(domain|ports|db|words|generated)/|jobs/catalog\\.ts)', '^connectors/'] },
    },
    {
      name: 'http-and-jobs-call-domain',
      severity: 'error',
      from: { path: '^src/(http|jobs)/' },
      to: { path: ['^connectors/', '^src/(compose|main|cli|demo)'] },
    },
    {
      name: 'jobs-are-not-http',
      severity: 'error',
      from: { path: '^src/jobs/' },
      to: { path: '^src/(http|web)/' },
    },
    {
      name: 'http-runs-no-job',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/jobs/(?!catalog\\.ts)' },
    },
    {
      name: 'web-gets-plain-data',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: ['^src/(?!(web|words)/)', '^connectors/'] },
    },
    {
      name: 'connectors-know-nothing-of-us',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/' },
      to: { path: ['^src/(?!ports/)', '^connectors/(?!$1/)', '^prisma/'] },
    },
    {
      name: 'only-compose-sees-connectors',
      severity: 'error',
      from: { path: '^src/(?!compose\\.ts)' },
      to: { path: '^connectors/' },
    },
    {
      name: 'words-stand-alone',
      severity: 'error',
      from: { path: '^src/words/' },
      to: { path: ['^src/(?!words/)', '^connectors/'] },
    },
    {
      name: 'web-is-called-by-http-only',
      severity: 'error',
      from: { path: '^src/(?!(web|http)/|compose\\.ts)' },
      to: { path: '^src/web/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^src/generated' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'src/generated'] },
    exclude: { path: ['node_modules', 'src/generated'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
