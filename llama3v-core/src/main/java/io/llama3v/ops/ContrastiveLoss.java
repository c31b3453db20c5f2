package io.llama3v.ops;

import io.llama3v.tensor.Tensor;

/**
 * CLIP's symmetric contrastive loss (Radford et al. 2021): with unit-length image and text embeddings [B, E] and
 * {@code s = e^{logitScale}}, the mean of the cross-entropies of the rows of {@code s · T Iᵀ} and of {@code s · I Tᵀ}
 * against the diagonal.
 */
public final class ContrastiveLoss {
  private ContrastiveLoss() {}

  /** The loss as a scalar. */
  public static Tensor apply(Tensor image, Tensor text, Tensor logitScale) {
    Checks.sameShape("contrastive loss", image, text);
    Checks.shape("contrastive loss", "image", image, -1, -1);
    int batch = Math.toIntExact(image.size(0));
    int[] diagonal = new int[batch];
    for (int i = 0; i < batch; i++) diagonal[i] = i;
    Tensor labels = image.backend().tensor(diagonal, batch);
    Tensor perText = logits(text, image, logitScale);
    Tensor perImage = Permute.apply(perText, 1, 0);
    return CrossEntropy.apply(perText, labels, null, batch).add(CrossEntropy.apply(perImage, labels, null, batch)).mul(0.5);
  }

  /** {@code e^{logitScale} · a bᵀ}: [rows of a, rows of b]. */
  public static Tensor logits(Tensor a, Tensor b, Tensor logitScale) {
    return MatMul.apply(a, false, b, true).mul(logitScale.exp());
  }
}
