package io.llama3v.train.optim;

import io.llama3v.tensor.Parameter;
import java.util.Locale;

/** Which parameters weight decay applies to. */
@FunctionalInterface
public interface DecayRule {
  /** Everything decays: what {@code torch.optim.AdamW} does with one group. */
  DecayRule ALL = (name, parameter) -> true;

  /** Tensors of two axes and more decay: the rule of most published trainings, which covers biases, norms and gates by their shape. */
  DecayRule MATRICES = (name, parameter) -> parameter.rank() > 1;

  /**
   * {@link #MATRICES}, and by name too, whatever their shape: no {@code bias}, no weight of a norm, no gate ({@code gate_attn},
   * {@code cross_attn_mlp_gate}; the matrix {@code gate_proj.weight} is none), no {@code logit_scale}.
   */
  DecayRule STANDARD = (name, parameter) -> parameter.rank() > 1 && !exempt(name);

  /** True if weight decay applies to this parameter. */
  boolean decays(String name, Parameter parameter);

  private static boolean exempt(String fullName) {
    String name = fullName.toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    String last = name.substring(dot + 1);
    String owner = dot < 0 ? "" : name.substring(name.lastIndexOf('.', dot - 1) + 1, dot);
    boolean gate = last.equals("gate") || last.startsWith("gate_") || last.endsWith("_gate");
    // pre_layrnorm is how Hugging Face's CLIP spells it.
    boolean norm = owner.contains("norm") || owner.startsWith("ln_") || last.contains("norm");
    return last.equals("bias") || last.equals("logit_scale") || gate || norm;
  }
}
