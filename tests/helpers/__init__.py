"""What the tests are made with: drawn pages, hand-written PDFs, truths and changed prints."""
