"""Robots of rigid bodies and their tasks, which PyBullet and MuJoCo share."""
