// The rules of an attention mask, and the geometry of one call; see AttentionMask in Java.
#pragma once

struct Geometry {
  int batch, queries, keys, heads, key_heads;
  int causal, groups, bias_batch, bias_heads;  // groups: G, 0 without that rule; bias_*: B or 1, heads or 1
  float scale;
  const float* key_flags;  // [B, keys] or null
  const float* padding;    // [B, queries] or null
  const float* group_flags;  // [B, queries, G] or null
  const float* bias;       // [B|1, heads|1, queries, keys] or null
  const float* starts;     // [B, queries] or null: the first key that a query may see
};

// One past the last key that query i may see by the causal rule.
DEVICE int reach(const Geometry& g, int i) {
  int last = g.causal ? i + 1 + g.keys - g.queries : g.keys;
  return last < 0 ? 0 : (last > g.keys ? g.keys : last);
}

// True if nothing but the edge of the matrix and the causal rule limits who sees whom.
DEVICE bool plain(const Geometry& g) { return !g.key_flags && !g.padding && !g.group_flags && !g.bias && !g.starts; }

// The score of a pair, given the scaled product: plus bias, or minus infinity where a rule hides the key.
DEVICE float masked(const Geometry& g, int b, int h, int i, int j, float score) {
  if (i >= g.queries || j >= reach(g, i)) return -INFINITY_F;
  if (g.starts && j < g.starts[static_cast<int64>(b) * g.queries + i]) return -INFINITY_F;
  if (g.key_flags && g.key_flags[static_cast<int64>(b) * g.keys + j] == 0.0f) return -INFINITY_F;
  if (g.padding) {
    const float* row = g.padding + static_cast<int64>(b) * g.keys;
    if (row[i] != 0.0f && row[j] != 0.0f) return -INFINITY_F;
  }
  if (g.group_flags) {
    int group = j / (g.keys / g.groups);
    if (g.group_flags[(static_cast<int64>(b) * g.queries + i) * g.groups + group] == 0.0f) return -INFINITY_F;
  }
  if (g.bias) {
    int64 plane = static_cast<int64>(g.bias_batch == 1 ? 0 : b) * g.bias_heads + (g.bias_heads == 1 ? 0 : h);
    score += g.bias[(plane * g.queries + i) * g.keys + j];
  }
  return score;
}
