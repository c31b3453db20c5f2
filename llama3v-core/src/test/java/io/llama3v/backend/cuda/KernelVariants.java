package io.llama3v.backend.cuda;

import java.util.ArrayList;
import java.util.List;

/** The modules that models ask for: every source, in the types and sizes that matter. */
final class KernelVariants {
  private KernelVariants() {}

  static List<KernelSource> all() {
    List<KernelSource> all = new ArrayList<>();
    for (String type : List.of("float", "bf16")) {
      String real = "REAL=" + type;
      for (String other : List.of("float", "bf16")) {
        all.add(KernelSource.of("fill.cu", "FROM=" + type, "TO=" + other));
        all.add(KernelSource.of("scale.cu", "FROM=" + type, "TO=" + other));
        all.add(KernelSource.of("vision.cu", "FROM=" + type, "TO=" + other));
        all.add(KernelSource.of("embedding.cu", "TABLE=" + type, "REAL=" + other));
      }
      all.add(KernelSource.of("permute.cu", real));
      for (String op : List.of("GELU", "QUICK_GELU", "SILU", "TANH", "SIGMOID", "RELU", "EXP", "LOG")) {
        all.add(KernelSource.of("unary.cu", real, "OP=" + op));
      }
      for (String op : List.of("ADD", "SUB", "MUL", "DIV")) {
        all.add(KernelSource.of("binary.cu", "A=" + type, "B=float", "Y=" + type, "OP=" + op));
      }
      all.add(KernelSource.of("gates.cu", real));
      all.add(KernelSource.of("reduce.cu", real, "TO=float"));
      for (String team : List.of("TEAM=WarpTeam", "TEAM=BlockTeam")) {
        for (String file : List.of("layer_norm.cu", "rms_norm.cu", "rows.cu")) all.add(KernelSource.of(file, real, team));
      }
      all.add(KernelSource.of("cross_entropy.cu", real));
      all.add(KernelSource.of("rotary.cu", real));
      all.add(KernelSource.of("adamw.cu", real));
      all.add(KernelSource.of("attention_delta.cu", real));
    }
    all.add(KernelSource.of("fill.cu", "FROM=int", "TO=int"));
    for (int tile : new int[] {16, 32, 64}) all.add(KernelSource.of("attention.cu", "REAL=float", "HEAD_DIM=64", "TILE=" + tile));
    all.add(KernelSource.of("attention.cu", "REAL=float", "HEAD_DIM=128", "TILE=64"));
    all.add(KernelSource.of("attention.cu", "REAL=bf16", "HEAD_DIM=20", "TILE=64"));
    for (int head : new int[] {64, 80, 128}) all.add(KernelSource.of("attention_bf16.cu", "HEAD_DIM=" + head));
    return all;
  }
}
