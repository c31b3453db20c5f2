#!/usr/bin/env python3
"""The workloads of workloads.json in plain PyTorch: what `llama3v bench` is compared with.

    python3 torch_step.py [--threads N] [--steps N] [--device cpu|cuda] [--dtype fp32|bf16] [--compile] [WORKLOAD ...]

One line of JSON a workload, with the field names of `llama3v bench --json`. Peak memory is the process's own, so give it one workload
a process where memory is compared. With --dtype bf16 the trained parts keep float32 weights under autocast, and frozen parts are
stored in bfloat16.

Eager mode, fused attention, fused AdamW; models are written as one would write them, with the sizes and the order of operations of
the Java side. The next token of a row's last one is its first, so that all positions are learned.
"""
import argparse
import json
import math
import resource
import statistics
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5
ACTIVATIONS = {"gelu": nn.GELU, "quick_gelu": lambda: QuickGelu()}


class QuickGelu(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


def split_heads(x, heads):
    """[batch, tokens, heads * d] -> [batch, heads, tokens, d]"""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def join_heads(x):
    return x.transpose(1, 2).flatten(-2)


# ---- vision transformers ----


class EncoderBlock(nn.Module):
    """Pre-norm block with a plain MLP; a gated one scales both branches by tanh of a learned number."""

    def __init__(self, width, heads, mlp, act, bias=True, gated=False):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, EPS), nn.LayerNorm(width, EPS)
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=bias), nn.Linear(width, width, bias=bias)
        self.mlp = nn.Sequential(nn.Linear(width, mlp), ACTIVATIONS[act](), nn.Linear(mlp, width))
        self.gate = nn.Parameter(torch.full((2,), 0.5)) if gated else None

    def forward(self, x, mask=None, causal=False):
        q, k, v = (split_heads(t, self.heads) for t in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        branch = self.out(join_heads(F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)))
        if self.gate is None:
            x = x + branch
            return x + self.mlp(self.norm2(x))
        attention_gate, mlp_gate = self.gate.tanh().unbind()
        x = x + attention_gate * branch
        return x + mlp_gate * self.mlp(self.norm2(x))


class PatchEmbedding(nn.Module):
    def __init__(self, width, patch):
        super().__init__()
        self.conv = nn.Conv2d(3, width, kernel_size=patch, stride=patch, bias=False)

    def forward(self, pixels):
        return self.conv(pixels).flatten(2).transpose(1, 2)


def noise(*shape):
    return nn.Parameter(0.02 * torch.randn(*shape))


class Clip(nn.Module):
    def __init__(self, c):
        super().__init__()
        v, t = c["vision"], c["text"]
        tokens = (v["image"] // v["patch"]) ** 2 + 1
        self.patches = PatchEmbedding(v["width"], v["patch"])
        self.class_token, self.positions = noise(1, 1, v["width"]), noise(tokens, v["width"])
        self.norm_in, self.norm_out = nn.LayerNorm(v["width"], EPS), nn.LayerNorm(v["width"], EPS)
        self.image_blocks = nn.ModuleList(
            EncoderBlock(v["width"], v["heads"], v["mlp"], v["act"]) for _ in range(v["layers"]))
        self.tokens, self.text_positions = nn.Embedding(t["vocab"], t["width"]), noise(t["context"], t["width"])
        self.text_blocks = nn.ModuleList(
            EncoderBlock(t["width"], t["heads"], t["mlp"], t["act"]) for _ in range(t["layers"]))
        self.text_norm = nn.LayerNorm(t["width"], EPS)
        self.project_image = nn.Linear(v["width"], c["embed"], bias=False)
        self.project_text = nn.Linear(t["width"], c["embed"], bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def encode_image(self, pixels):
        x = self.patches(pixels)
        x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)
        x = self.norm_in(x + self.positions)
        for block in self.image_blocks:
            x = block(x)
        return F.normalize(self.project_image(self.norm_out(x[:, 0])), dim=-1)

    def encode_text(self, ids):
        x = self.tokens(ids) + self.text_positions
        for block in self.text_blocks:
            x = block(x, causal=True)
        ends = self.text_norm(x)[torch.arange(ids.shape[0], device=ids.device), ids.argmax(dim=-1)]
        return F.normalize(self.project_text(ends), dim=-1)

    def forward(self, pixels, ids):
        per_text = self.logit_scale.exp() * self.encode_text(ids) @ self.encode_image(pixels).T
        diagonal = torch.arange(ids.shape[0], device=ids.device)
        return (F.cross_entropy(per_text, diagonal) + F.cross_entropy(per_text.T, diagonal)) / 2


# ---- language models ----


class SwiGlu(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.gate, self.up = nn.Linear(width, inner, bias=False), nn.Linear(width, inner, bias=False)
        self.down = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


def rotary_table(c, start, end, like):
    d = c["width"] // c["heads"]
    frequency = c["rope_theta"] ** (-torch.arange(0, d, 2, device=like.device, dtype=torch.float32) / d)
    angle = torch.outer(torch.arange(start, end, device=like.device, dtype=torch.float32), frequency).repeat(1, 2)
    return angle.cos().to(like.dtype), angle.sin().to(like.dtype)


def rotate(x, table):
    cos, sin = table
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-high, low], dim=-1) * sin


class DecoderBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, self.heads, self.kv_heads = c["width"], c["heads"], c["kv_heads"]
        kv_width = width // self.heads * self.kv_heads
        self.norm1, self.norm2 = nn.RMSNorm(width, EPS), nn.RMSNorm(width, EPS)
        self.q, self.kv = nn.Linear(width, width, bias=False), nn.Linear(width, 2 * kv_width, bias=False)
        self.out, self.mlp = nn.Linear(width, width, bias=False), SwiGlu(width, c["mlp"])

    def forward(self, x, table, cache=None):
        y = self.norm1(x)
        q = rotate(split_heads(self.q(y), self.heads), table)
        k, v = (split_heads(t, self.kv_heads) for t in self.kv(y).chunk(2, dim=-1))
        k = rotate(k, table)
        if cache is not None:
            k, v = cache.append(k, v)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[2] > 1, enable_gqa=True)
        x = x + self.out(join_heads(attended))
        return x + self.mlp(self.norm2(x))


class Cache:
    """Keys and values of one block; grows by concatenation."""

    def __init__(self):
        self.k = self.v = None

    def append(self, k, v):
        self.k = k if self.k is None else torch.cat([self.k, k], dim=2)
        self.v = v if self.v is None else torch.cat([self.v, v], dim=2)
        return self.k, self.v


class CrossBlock(nn.Module):
    """Attention from text to image features, with a SwiGLU MLP of its own and gates on both."""

    def __init__(self, c):
        super().__init__()
        width, self.heads, self.kv_heads = c["width"], c["heads"], c["kv_heads"]
        d = width // self.heads
        self.norm1, self.norm2 = nn.RMSNorm(width, EPS), nn.RMSNorm(width, EPS)
        self.q_norm, self.k_norm = nn.RMSNorm(d, EPS), nn.RMSNorm(d, EPS)
        self.q, self.kv = nn.Linear(width, width, bias=False), nn.Linear(width, 2 * d * self.kv_heads, bias=False)
        self.out, self.mlp = nn.Linear(width, width, bias=False), SwiGlu(width, c["mlp"])
        self.gate = nn.Parameter(torch.full((2,), 0.5))

    def keys_values(self, features):
        k, v = (split_heads(t, self.kv_heads) for t in self.kv(features).chunk(2, dim=-1))
        return self.k_norm(k), v

    def forward(self, x, keys_values):
        attention_gate, mlp_gate = self.gate.tanh().unbind()
        q = self.q_norm(split_heads(self.q(self.norm1(x)), self.heads))
        attended = F.scaled_dot_product_attention(q, *keys_values, enable_gqa=True)
        x = x + attention_gate * self.out(join_heads(attended))
        return x + mlp_gate * self.mlp(self.norm2(x))


class Llama(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.config = c
        self.embedding = nn.Embedding(c["vocab"], c["width"])
        self.blocks = nn.ModuleList(DecoderBlock(c) for _ in range(c["layers"]))
        self.norm, self.head = nn.RMSNorm(c["width"], EPS), nn.Linear(c["width"], c["vocab"], bias=False)

    def logits(self, ids, cross=None, keys_values=None, caches=None, start=0):
        x = self.embedding(ids)
        table = rotary_table(self.config, start, start + ids.shape[1], x)
        for i, block in enumerate(self.blocks):
            if cross is not None and str(i) in cross:
                x = cross[str(i)](x, keys_values[str(i)])
            x = block(x, table, None if caches is None else caches[i])
        return self.head(self.norm(x))

    def forward(self, ids, labels):
        return next_token_loss(self.logits(ids), labels)


def next_token_loss(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())


class VisionLanguageModel(nn.Module):
    def __init__(self, c):
        super().__init__()
        v, lm, tiles = c["vision"], c["lm"], c["tiles"]
        self.features, width = v["features"], v["width"]
        self.real = (v["image"] // v["patch"]) ** 2 + 1
        self.padding = -self.real % 8
        self.patches = PatchEmbedding(width, v["patch"])
        self.class_token, self.positions = noise(1, 1, 1, width), noise(self.real, width)
        self.tile_positions = noise(tiles, self.real, width)
        self.tile_in, self.tile_out = noise(tiles, 1, width), noise(tiles, 1, width)
        self.norm_in, self.norm_out = nn.LayerNorm(width, EPS), nn.LayerNorm(width, EPS)
        block = lambda gated: EncoderBlock(width, v["heads"], v["mlp"], v["act"], bias=False, gated=gated)
        self.local_blocks = nn.ModuleList(block(False) for _ in range(v["layers"]))
        self.global_blocks = nn.ModuleList(block(True) for _ in range(v["global_layers"]))
        self.project = nn.Linear(width * (1 + len(self.features)), lm["width"])
        self.cross = nn.ModuleDict({str(i): CrossBlock(lm) for i in lm["cross_before"]})
        self.lm = Llama(lm).requires_grad_(False)
        # Padding sees real patches and is seen by them, but not by padding.
        filler = (torch.arange(self.real + self.padding) >= self.real).repeat(tiles)
        self.register_buffer("mask", ~(filler[:, None] & filler[None, :]), persistent=False)

    def encode(self, pixels):
        """[batch, tiles, 3, side, side] -> [batch, tiles * patches, width of the language model]"""
        batch, tiles = pixels.shape[:2]
        per_tile = (tiles, self.real + self.padding)
        x = self.patches(pixels.flatten(0, 1)).unflatten(0, (batch, tiles)) + self.tile_in
        x = torch.cat([self.class_token.expand(batch, tiles, 1, -1), x], dim=2)
        x = self.norm_in(x + 0.5 * self.positions + 0.5 * self.tile_positions)
        x = F.pad(x, (0, 0, 0, self.padding)).flatten(1, 2)
        kept = []
        for i, block in enumerate(self.local_blocks):
            if i in self.features:
                kept.append(x)
            x = block(x, self.mask)
        x = (self.norm_out(x).unflatten(1, per_tile) + self.tile_out).flatten(1, 2)
        for block in self.global_blocks:
            x = block(x, self.mask)
        x = torch.cat([x, torch.stack(kept, dim=-1).flatten(-2)], dim=-1)
        return self.project(x.unflatten(1, per_tile)[:, :, : self.real].flatten(1, 2))

    def keys_values(self, pixels):
        features = self.encode(pixels)
        return {i: block.keys_values(features) for i, block in self.cross.items()}

    def forward(self, pixels, ids, labels):
        return next_token_loss(self.lm.logits(ids, self.cross, self.keys_values(pixels)), labels)


# ---- measuring ----


def build(name, workloads):
    """The model of a workload, and the arguments of one step."""
    c = workloads["adapter" if name == "generate" else name]
    if name == "clip":
        side, t = c["vision"]["image"], c["text"]
        return Clip(c), (torch.randn(c["batch"], 3, side, side), torch.randint(t["vocab"], (c["batch"], t["context"])))
    ids = torch.randint(c["lm"]["vocab"], (c["batch"], c["seq"]))
    text = (ids, ids.roll(-1, dims=1))
    if name == "lm":
        return Llama(c["lm"]), text
    side = c["vision"]["image"]
    return VisionLanguageModel(c), (torch.randn(c["batch"], c["tiles"], 3, side, side), *text)


def clocked(work, synchronize):
    synchronize()
    start = time.perf_counter()
    work()
    synchronize()
    return 1e3 * (time.perf_counter() - start)


def train_times(model, args, o, autocast, synchronize):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, betas=(0.9, 0.98), weight_decay=0.1, fused=True)
    forward = torch.compile(model) if o.compile else model

    def step():
        with autocast():
            loss = forward(*args)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return [clocked(step, synchronize) for _ in range(3 + o.steps)][3:]


def generate_times(model, args, c, o, autocast, synchronize):
    pixels, ids = args[0][:1], args[1][:1, : c["prompt"]]
    with torch.inference_mode(), autocast():
        keys_values = model.keys_values(pixels)

        def generate():
            caches = [Cache() for _ in model.lm.blocks]
            tokens, start = ids, 0
            for _ in range(c["new"]):
                logits = model.lm.logits(tokens, model.cross, keys_values, caches, start)
                start += tokens.shape[1]
                tokens = logits[:, -1:].argmax(dim=-1)

        return [clocked(generate, synchronize) / c["new"] for _ in range(2 + o.steps)][2:]


def measure(name, workloads, o):
    device = torch.device(o.device)
    cuda = device.type == "cuda"
    bf16 = o.dtype == "bf16"
    torch.manual_seed(1)
    model, args = build(name, workloads)
    model.to(device)
    if bf16:
        for p in model.parameters():
            if not p.requires_grad:
                p.data = p.data.bfloat16()
    args = tuple(a.to(device) for a in args)
    autocast = lambda: torch.autocast(device.type, torch.bfloat16, enabled=bf16)
    synchronize = torch.cuda.synchronize if cuda else lambda: None
    if name == "generate":
        times = generate_times(model, args, workloads[name], o, autocast, synchronize)
    else:
        times = train_times(model, args, o, autocast, synchronize)
    peak = torch.cuda.max_memory_allocated() if cuda else 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "workload": name, "ms": round(statistics.median(times), 3), "min_ms": round(min(times), 3), "peak_mb": peak >> 20,
        "params": sum(p.numel() for p in model.parameters()),
        "trained": 0 if name == "generate" else sum(p.numel() for p in model.parameters() if p.requires_grad),
        "steps": o.steps, "torch": torch.__version__, "device": o.device, "dtype": o.dtype, "threads": o.threads,
    }


def main():
    parser = argparse.ArgumentParser(description="The workloads of workloads.json in PyTorch.")
    parser.add_argument("workloads", nargs="*", help="all if left out")
    parser.add_argument("--file", type=Path, default=Path(__file__).with_name("workloads.json"))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--compile", action="store_true", help="torch.compile the training steps")
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    workloads = json.loads(o.file.read_text())
    for name in o.workloads or workloads:
        print(json.dumps(measure(name, workloads, o)), flush=True)


if __name__ == "__main__":
    main()
