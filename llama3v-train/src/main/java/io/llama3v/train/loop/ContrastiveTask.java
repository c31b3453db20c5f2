package io.llama3v.train.loop;

import io.llama3v.backend.Backend;
import io.llama3v.ops.Concat;
import io.llama3v.ops.ContrastiveLoss;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.List;

/**
 * CLIP's contrastive loss over a whole window of micro-batches, every pair against every other, with the activations of one
 * micro-batch in memory. The window is gone through twice (Gao, Zhang, Han, Callan: Scaling Deep Contrastive Learning Batch Size under
 * Memory Limited Setup, 2021): first without a tape for the embeddings e; then the loss L of all of them gives ∂L/∂e and the gradient of
 * the temperature; then each micro-batch again, with a tape and the loss {@code Σ e · ∂L/∂e}, whose gradient by any weight is that of L.
 * The price is one forward pass more. A window of one micro-batch is gone through once.
 *
 * @param <B> a micro-batch
 */
public interface ContrastiveTask<B> extends Task<B> {
  /** Images of a micro-batch as unit vectors [b, E]. */
  Tensor imageEmbeddings(B batch);

  /** Texts of a micro-batch as unit vectors [b, E]. */
  Tensor textEmbeddings(B batch);

  /** Logarithm of the inverse temperature, a scalar. */
  Tensor logitScale();

  /** Pairs of a micro-batch, b. */
  @Override
  double count(B batch);

  /** The contrastive loss within one micro-batch. */
  @Override
  default Tensor loss(B batch, double normalizer) {
    return ContrastiveLoss.apply(imageEmbeddings(batch), textEmbeddings(batch), logitScale());
  }

  @Override
  default double backward(Backend backend, List<B> window, double normalizer) {
    if (window.size() == 1) return Task.super.backward(backend, window, normalizer);
    try (Scope embeddings = backend.scope()) {
      Tensor[] image = new Tensor[window.size()];
      Tensor[] text = new Tensor[window.size()];
      for (int i = 0; i < image.length; i++) {
        try (Scope activations = backend.scope()) {
          image[i] = activations.keep(imageEmbeddings(window.get(i)));
          text[i] = activations.keep(textEmbeddings(window.get(i)));
        }
      }
      Tensor allImages = Concat.apply(0, image).detach().requireGrad(true);
      Tensor allTexts = Concat.apply(0, text).detach().requireGrad(true);
      try {
        double loss = lossOf(embeddings.backend(), allImages, allTexts);
        if (!Double.isFinite(loss)) return loss;
        long at = 0;
        for (B batch : window) {
          long next = at + (long) count(batch);
          try (Tape tape = Tape.record(backend)) {
            Tensor stand = dot(imageEmbeddings(batch), Slice.apply(allImages.grad(), 0, at, next))
                .add(dot(textEmbeddings(batch), Slice.apply(allTexts.grad(), 0, at, next)));
            if (stand.needsGrad()) tape.backward(stand);
          }
          at = next;
        }
        return loss;
      } finally {
        allImages.clearGrad();
        allTexts.clearGrad();
      }
    }
  }

  /** The loss of all pairs; leaves its gradients by the embeddings and by the temperature. */
  private double lossOf(Backend backend, Tensor allImages, Tensor allTexts) {
    try (Tape tape = Tape.record(backend)) {
      Tensor loss = ContrastiveLoss.apply(allImages, allTexts, logitScale());
      double value = loss.item();
      if (Double.isFinite(value)) tape.backward(loss);
      return value;
    }
  }

  private static Tensor dot(Tensor a, Tensor b) {
    return a.mul(b).sum();
  }
}
