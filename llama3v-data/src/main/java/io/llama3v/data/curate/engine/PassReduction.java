package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.ReduceContext;
import io.llama3v.data.curate.Reduction;
import io.llama3v.io.AtomicFiles;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The reduction that ends a pass: a part of each shard, and the result out of all parts, each a file of the run's folder. Engines whose
 * workers are other processes combine parts there, where the step allows it, and carry parts and results as bytes.
 */
public final class PassReduction<P, G> {
  private final Pass pass;
  private final Reduction<P, G> reduction;
  private final RunFolder folder;
  private final int shards;

  private PassReduction(Pass pass, Reduction<P, G> reduction, RunFolder folder, int shards) {
    this.pass = pass;
    this.reduction = reduction;
    this.folder = folder;
    this.shards = shards;
  }

  /** The reduction of a pass that has one. */
  static PassReduction<?, ?> of(Pass pass, RunFolder folder, int shards) {
    return of(pass, pass.measures().reduction(), folder, shards);
  }

  private static <P, G> PassReduction<P, G> of(Pass pass, Reduction<P, G> reduction, RunFolder folder, int shards) {
    return new PassReduction<>(pass, reduction, folder, shards);
  }

  /** Name of the step that reduces. */
  public String step() {
    return pass.measures().name();
  }

  /** Where the result lies once it is there. */
  public Path file() {
    return folder.result(pass);
  }

  /** Whether parts may be combined anywhere: {@link Reduction#combines()}. */
  public boolean combines() {
    return reduction.combines();
  }

  /** Makes the part of one shard, unless it is there. */
  void part(int shard) throws IOException {
    Path file = folder.part(pass, shard);
    if (!Files.exists(file)) {
      P part;
      try (RecordFile.Reader reader = new RecordFile.Reader(folder.records(pass, shard))) {
        part = reduction.map(reader.kept());
      }
      write(file, out -> reduction.writePart(part, out));
    }
  }

  /** The parts of some shards, at least one, as one. */
  public byte[] combine(List<Integer> some) throws IOException {
    P all = null;
    for (P part : parts(some)) {
      all = all == null ? part : reduction.combine(all, part);
    }
    return bytes(all);
  }

  /** Two combined parts as one. */
  public byte[] combine(byte[] one, byte[] other) throws IOException {
    return bytes(reduction.combine(read(one), read(other)));
  }

  /** Makes the result out of the parts on disk, unless it is there. One process does this. */
  public void reduce(int threads) throws IOException {
    List<Integer> all = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      all.add(shard);
    }
    reduce(parts(all), threads);
  }

  /** Makes the result out of the combined parts of all shards, unless it is there. One process does this. */
  public void reduce(byte[] combined, int threads) throws IOException {
    reduce(List.of(read(combined)), threads);
  }

  private void reduce(Iterable<P> parts, int threads) throws IOException {
    if (Files.exists(file())) {
      return;
    }
    Path scratch = Files.createDirectories(folder.scratch(pass));
    try {
      G result = reduction.reduce(parts, new ReduceContext(threads, scratch));
      write(file(), out -> reduction.writeResult(result, out));
    } finally {
      AtomicFiles.deleteTree(scratch);
    }
  }

  /** The result on disk. */
  G result() throws IOException {
    try (DataInputStream in = Parts.open(file())) {
      return reduction.readResult(in);
    }
  }

  /** The result out of the bytes of its file. */
  G result(byte[] bytes) throws IOException {
    return reduction.readResult(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  private Parts<P> parts(List<Integer> some) {
    return new Parts<>(some.stream().map(shard -> folder.part(pass, shard)).toList(), reduction);
  }

  private P read(byte[] part) throws IOException {
    return reduction.readPart(new DataInputStream(new ByteArrayInputStream(part)));
  }

  private byte[] bytes(P part) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    reduction.writePart(part, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private interface Body {
    void to(DataOutputStream out) throws IOException;
  }

  private static void write(Path file, Body body) throws IOException {
    AtomicFiles.write(file, channel -> {
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16));
      body.to(out);
      out.flush();
    });
  }
}
