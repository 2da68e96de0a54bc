// Bundles src/main.ts and app.css (with what they import) into ../static/built/.
import { build } from "esbuild";

await build({
  entryPoints: { app: "src/main.ts", style: "src/style.css" },
  outdir: "../static/built",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  sourcemap: "linked",
  loader: { ".graphql": "text" },
  logLevel: "warning",
});
