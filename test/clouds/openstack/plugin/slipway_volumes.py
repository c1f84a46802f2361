"""A driver of Cinder's that only pretends to keep volumes, as Nova's that only pretends to run guests."""
from cinder.volume import driver


class PretendedVolumes(driver.VolumeDriver):
    VERSION = '1'

    def check_for_setup_error(self):
        pass

    def _update_volume_stats(self):
        self._stats = {
            'volume_backend_name': 'slipway', 'vendor_name': 'slipway', 'driver_version': self.VERSION,
            'storage_protocol': 'iSCSI', 'total_capacity_gb': 1000, 'free_capacity_gb': 1000}

    def create_volume(self, volume):
        pass

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        return {}, True

    def delete_volume(self, volume):
        pass

    def ensure_export(self, context, volume):
        pass

    def create_export(self, context, volume, connector):
        pass

    def remove_export(self, context, volume):
        pass

    def create_snapshot(self, snapshot):
        pass

    def delete_snapshot(self, snapshot):
        pass

    def initialize_connection(self, volume, connector):
        return {'driver_volume_type': 'iscsi', 'data': {'access_mode': 'rw'}}

    def terminate_connection(self, volume, connector, **kwargs):
        pass
