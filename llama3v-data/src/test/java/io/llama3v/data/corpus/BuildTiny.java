package io.llama3v.data.corpus;

import java.nio.file.Path;

/** For people: builds the tiny corpus. Arguments: folder of WebJars, output folder. */
final class BuildTiny {
  private BuildTiny() {}

  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    String[] last = {""};
    long[] since = {start};
    var manifest = CorpusBuilder.build(CorpusConfig.tiny(Path.of(args[0]), Path.of(args[1])), (what, done, total) -> {
      if (done == total) {
        System.out.printf("%-24s %5d parts %6d ms%n", what, total, (System.nanoTime() - since[0]) / 1_000_000);
        since[0] = System.nanoTime();
        last[0] = what;
      }
    });
    System.out.println(manifest.toPrettyString());
    System.out.printf("%.1f s%n", (System.nanoTime() - start) / 1e9);
  }
}
